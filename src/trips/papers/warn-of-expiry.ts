import { tell } from '../../contract/events/event.ts';
import { documentExpiring } from '../../contract/events/trips.ts';
import { idsOf } from '../../orders/telling/order-events.ts';
import type { Ids } from '../../platform/ids.ts';
import { eventFor, writeEvents } from '../../platform/outbox/events.ts';
import { relayOwn, type RelayDeps } from '../../platform/outbox/relay-events.ts';
import { takeExpiringBills, type ExpiringBill } from './documents-store.ts';

interface Deps extends RelayDeps {
  readonly ids: Ids;
}

/**
 * The portal for e-way bills extends one from eight hours before it expires until eight hours after. Four hours before,
 * it does, and there is still time to reach whoever has the login.
 */
const hours = 4;

/** For the reconciler: tells both sides of e-way bills that expire on the road, each once, and answers of how many. */
export async function warnOfExpiry(most: number, deps: Deps): Promise<number> {
  const events = await deps.postgres.transaction(async (db) => {
    const bills = await takeExpiringBills(db, { hours, most });
    const at = deps.clock.now().toISOString();
    const told = bills.map((bill) => eventFor(warningOf(bill), at, deps.ids));
    if (told.length > 0) await writeEvents(db, told);
    return told;
  });
  if (events.length > 0) await relayOwn(events, deps);
  return events.length;
}

function warningOf(bill: ExpiringBill) {
  return tell(documentExpiring, [bill.customerId, bill.transporterId], {
    ...idsOf(bill.orderId),
    eventVersion: bill.eventVersion,
    assignmentId: bill.tripId,
    tripId: bill.tripId,
    vehicleNumber: bill.vehicleNumber,
    document: 'e_way_bill',
    documentNumber: bill.number,
    expiresAt: bill.expiresAt.toISOString(),
    message: `The e-way bill of ${bill.vehicleNumber} expires soon. It can be extended now.`,
  });
}
