export { claimFolder, requireFolder, requirePort } from './claims.ts';
export { forgetUnused, keepInUse, touch } from './kept.ts';
export { logPrinter } from './log-printer.ts';
export { whenOrphaned } from './parent.ts';
export { Stoppers } from './stoppers.ts';
export { TreeWatch } from './watch-tree.ts';
