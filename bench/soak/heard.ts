import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const Heard = z.object({
  at: z.number(),
  role: z.enum(['customer', 'transporter']),
  user: z.string(),
  event: z.string(),
  id: z.string().optional(),
  data: z
    .looseObject({
      orderId: z.string().optional(),
      eventVersion: z.number().optional(),
      customerPhone: z.string().optional(),
      createdAt: z.string().optional(),
      expiresAt: z.string().optional(),
    })
    .optional()
    .catch(undefined),
});

export type Heard = z.output<typeof Heard>;

export const about = ({ user, event, data }: Heard) => `${user} heard ${event} of ${data?.orderId}`;

/** What each client has heard, in the sequence in which it heard it. */
export async function readHeard(path: string): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    // The city is writing the last line while it is read.
    const parsed = safely(line);
    if (parsed !== undefined) heard.push(Heard.parse(parsed));
  }
  return heard;
}

function safely(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
