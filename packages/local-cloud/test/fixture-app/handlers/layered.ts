import { greeting } from '@fixture/greeting';

/** What the layer says. */
export const handler = async (): Promise<string> => greeting;
