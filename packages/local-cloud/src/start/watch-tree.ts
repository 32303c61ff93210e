import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/**
 * Tells of every change to a file below a folder. Each directory has a watcher of its own: the recursive
 * one of Node follows files on Linux, and loses those that an editor saves by renaming another over them.
 */
export class TreeWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly changed: (file: string) => void;

  constructor(folder: string, changed: (file: string) => void) {
    this.changed = changed;
    this.add(folder);
  }

  close(): void {
    for (const each of this.watchers.values()) each.close();
    this.watchers.clear();
  }

  /** Watches a directory and those in it; the files it has by then. */
  private add(directory: string): readonly string[] {
    const watcher = watch(directory, (event, name) => {
      if (name !== null) this.onEvent(join(directory, name), event);
    });
    watcher.on('error', () => this.remove(directory));
    this.watchers.set(directory, watcher);
    // After the watch has begun: what is made meanwhile is told twice rather than never.
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? this.add(path) : [path];
    });
  }

  private onEvent(path: string, event: string): void {
    const isDirectory = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (!isDirectory) {
      this.remove(path);
      this.changed(path);
    } else if (event === 'rename') {
      // New, or another of the same name: its files may be older than our watch.
      this.remove(path);
      for (const file of this.addNew(path)) this.changed(file);
    }
  }

  /** A directory that is gone again tells so by another event. */
  private addNew(directory: string): readonly string[] {
    try {
      return this.add(directory);
    } catch {
      this.remove(directory);
      return [];
    }
  }

  /** Forgets a directory and those in it. */
  private remove(directory: string): void {
    for (const [path, watcher] of this.watchers) {
      if (path !== directory && !path.startsWith(`${directory}/`)) continue;
      watcher.close();
      this.watchers.delete(path);
    }
  }
}
