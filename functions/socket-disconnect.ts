import { disconnectFunction } from './edge/socket/disconnect-function.ts';

export const handler = disconnectFunction();
