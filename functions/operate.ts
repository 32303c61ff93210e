import { commandFunction } from './edge/command-function.ts';

export const handler = commandFunction({});
