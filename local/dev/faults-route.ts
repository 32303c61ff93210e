import * as z from 'zod';
import { type FaultBoard, FaultService, FaultWish } from 'local-cloud';
import { parsed } from './parsed.ts';
import { jsonReply, Misuse, type Reply, type Visit } from './visit.ts';

const Which = z.strictObject({ service: FaultService.optional(), action: z.string().optional() });

export const showFaults = (faults: FaultBoard): Reply => jsonReply({ faults: faults.list() });

export function setFault(faults: FaultBoard, { headers, body }: Visit): Reply {
  // A page of another site can post anything but this type without being asked first.
  if (!headers['content-type']?.startsWith('application/json')) {
    throw new Misuse(415, 'Send the fault with content-type: application/json.');
  }
  try {
    faults.set(parsed(FaultWish, jsonOf(body)));
  } catch (error) {
    if (error instanceof RangeError) throw new Misuse(409, error.message);
    throw error;
  }
  return showFaults(faults);
}

export function clearFaults(faults: FaultBoard, { query }: Visit): Reply {
  const { service, action } = parsed(Which, query);
  const cleared = faults.clear({ ...(service && { service }), ...(action && { action }) });
  return jsonReply({ cleared, faults: faults.list() });
}

function jsonOf(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text);
    return document;
  } catch {
    const example = '{ "kind": "throttle", "service": "sqs", "times": 2 }';
    throw new Misuse(400, `Send a fault as JSON, such as ${example}.`);
  }
}
