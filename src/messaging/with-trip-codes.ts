import { truckAssigned } from '../contract/events/assignments.ts';
import type { EventMessage } from '../contract/queues.ts';
import { tripCodes, type ReadTripCodeKey } from '../orders/trips/trip-codes.ts';
import { logger } from '../platform/logs/observability.ts';

/**
 * The data of an event, with the codes of its trip if the customer must give them to the driver. They are put in here,
 * because they must be stored nowhere: not in the outbox, and not in a queue. If the key cannot be read, the event goes
 * without them, and the app finds them with the truck.
 */
export async function withTripCodes(
  { event, data }: Pick<EventMessage, 'event' | 'data'>,
  readKey: ReadTripCodeKey,
): Promise<EventMessage['data']> {
  const { requiresTripCodes, tripId } = data;
  if (event !== truckAssigned.name || requiresTripCodes !== true) return data;
  try {
    return { ...data, tripCodes: tripCodes(String(tripId), await readKey()) };
  } catch (error) {
    logger.warn('An event goes without the codes of its trip', { error: String(error) });
    return data;
  }
}
