import { scheduleFunction } from './edge/schedule-function.ts';

export const handler = scheduleFunction({});
