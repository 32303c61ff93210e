/** What the gateway and the clock bring. */
export const http = async ({ rawPath }: { rawPath: string }): Promise<unknown> => {
  if (rawPath === '/throw') throw new Error('thrown on purpose');
  return { rawPath };
};

export const socket = async ({
  requestContext,
}: {
  requestContext: { connectionId: string };
}): Promise<unknown> => ({ statusCode: 200, body: requestContext.connectionId });

export const tick = async (event: unknown): Promise<void> => {
  process.stdout.write(`${JSON.stringify({ tick: event })}\n`);
};
