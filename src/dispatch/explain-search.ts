import type * as z from 'zod';
import type { SearchExplained } from '../contract/http/offers/views.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';
import { stateView } from '../orders/order/order-views.ts';
import { readOrder, type OwnOrder } from '../orders/reading/read-order.ts';
import { wavesOf, type WaveRow } from './wave-results-store.ts';

/** The search of an order, wave by wave, for its customer. P12: another customer's order is not found. */
export async function explainSearch(
  which: OwnOrder,
  deps: OrderDeps,
): Promise<z.input<typeof SearchExplained>> {
  const snapshot = await readOrder(which, deps);
  await which.counted;
  const rows = await deps.postgres.run((db) => wavesOf(db, which.orderId));
  const { totalTrucks: needed, trucksFilled: filled } = snapshot.order;
  const { status, remainingSeconds, eventVersion, reasonCode, serverTimeMs, onlineCandidates } =
    stateView(snapshot, deps.clock.now());
  const count = (state: string) => snapshot.requests.filter((each) => each.status === state).length;
  const all = total(rows);
  const trucksSearching = count('searching');
  return {
    orderId: which.orderId,
    status,
    searchOpen: snapshot.searchOpen,
    remainingSeconds,
    trucksNeeded: needed,
    trucksFilled: filled,
    trucksHeld: count('held'),
    trucksSearching,
    onlineCandidates,
    ...all,
    waves: rows.map((row) => ({ ...row, summary: sentenceOf(row) })),
    eventVersion,
    reasonCode,
    message: messageFor({ ...all, filled, needed, status, searchOpen: snapshot.searchOpen }),
    serverTimeMs,
  };
}

const figures = ['asked', 'reached', 'seen', 'accepted', 'declined'] as const;
type Figures = Readonly<Record<(typeof figures)[number], number>>;

function total(rows: readonly WaveRow[]): Figures {
  const sum = (figure: keyof Figures) => rows.reduce((so, row) => so + row[figure], 0);
  return {
    asked: sum('asked'),
    reached: sum('reached'),
    seen: sum('seen'),
    accepted: sum('accepted'),
    declined: sum('declined'),
  };
}

function sentenceOf({ wave, asked, reached, seen, accepted, declined, declineReasons }: WaveRow) {
  const reasons = declineReasons.map(
    ({ reason, count }) => `${count} ${words[reason] ?? 'gave no reason'}`,
  );
  const facts = [
    `${transporters(asked)} asked`,
    `${reached} reached`,
    `${seen} saw it`,
    ...(accepted > 0 ? [`${accepted} took trucks`] : []),
    ...(declined > 0 ? [`${declined} declined (${reasons.join(', ')})`] : []),
  ];
  return `Wave ${wave}: ${facts.join(', ')}.`;
}

const words: Readonly<Record<string, string>> = {
  NOT_AVAILABLE: 'had no time',
  VEHICLE_NOT_SUITABLE: 'had no suitable truck',
  DISTANCE_TOO_FAR: 'found it too far',
  OTHER: 'had another reason',
};

const transporters = (some: number) => (some === 1 ? '1 transporter' : `${some} transporters`);

interface Facts extends Figures {
  readonly status: string;
  readonly searchOpen: boolean;
  readonly filled: number;
  readonly needed: number;
}

function messageFor({ status, searchOpen, asked, accepted, declined, filled, needed }: Facts) {
  const found = `${filled} of ${needed} trucks found`;
  if (status === 'cancelled') return 'The order was cancelled.';
  if (status === 'expired' && asked === 0) {
    return 'No transporter with a free truck of this kind was online near the pickup.';
  }
  if (status === 'expired') {
    return accepted === 0
      ? `We asked ${transporters(asked)}, but none of them took the order.`
      : `We asked ${transporters(asked)}. Some took trucks, but did not put drivers on them.`;
  }
  if (!searchOpen) return `${found}. The search has ended.`;
  return asked === 0
    ? `${found}. We are looking for transporters near the pickup.`
    : `${found}. We have asked ${transporters(asked)}; ${declined} declined.`;
}
