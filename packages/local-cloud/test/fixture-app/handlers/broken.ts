export const handler = async (): Promise<void> => undefined;

throw new Error('this module cannot load');
