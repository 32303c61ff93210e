import { basename } from 'node:path';

/** Files that a file manager leaves in folders, macOS for one. They belong to no release and to no bundle. */
export function isLitter(path: string): boolean {
  return ['.DS_Store', 'Thumbs.db'].includes(basename(path));
}
