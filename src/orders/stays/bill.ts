import { waitingTermsOf, type WaitingTerms } from '../../catalogue/waiting.ts';
import { waitedMinutes, type Stay, type Stays } from './stay.ts';

/** One line of what a truck costs: what was agreed, what was added, and why. In rupees. */
interface BillLine {
  readonly kind: 'fare' | 'waiting_at_pickup' | 'waiting_at_drop';
  readonly label: string;
  readonly amount: number;
  readonly minutes: number | null;
  readonly freeMinutes: number | null;
  readonly perMinute: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly verified: boolean | null;
}

export interface Bill {
  readonly lines: BillLine[];
  readonly total: number;
}

interface Billed {
  readonly pricePerTruck: number;
  readonly vehicleType: string;
  readonly stays: Stays;
}

/** What a truck costs so far. Customer and transporter see the same lines. */
export function billOf({ pricePerTruck, vehicleType, stays }: Billed, now: Date): Bill {
  const terms = waitingTermsOf(vehicleType);
  const lines = [
    fareLine(pricePerTruck),
    ...waitingLine('waiting_at_pickup', 'Waiting at the pickup', stays.pickup, terms, now),
    ...waitingLine('waiting_at_drop', 'Waiting at the drop', stays.drop, terms, now),
  ];
  return { lines, total: lines.reduce((sum, { amount }) => sum + amount, 0) };
}

/** What it costs that a truck has waited. The same clock counts for the bill and for a cancellation. */
export function waitingFee(
  stay: Stay,
  { freeMinutes, perMinute }: WaitingTerms,
  now: Date,
): number {
  return Math.max(0, waitedMinutes(stay, now) - freeMinutes) * perMinute;
}

function fareLine(amount: number): BillLine {
  return {
    kind: 'fare',
    label: 'Agreed price',
    amount,
    minutes: null,
    freeMinutes: null,
    perMinute: null,
    from: null,
    to: null,
    verified: null,
  };
}

function waitingLine(
  kind: BillLine['kind'],
  label: string,
  stay: Stay,
  terms: WaitingTerms,
  now: Date,
): readonly BillLine[] {
  const { arrivedAtMs, leftAtMs, verified } = stay;
  if (arrivedAtMs === null) return [];
  return [
    {
      kind,
      label,
      amount: waitingFee(stay, terms, now),
      minutes: waitedMinutes(stay, now),
      ...terms,
      from: new Date(arrivedAtMs).toISOString(),
      to: leftAtMs === null ? null : new Date(leftAtMs).toISOString(),
      verified,
    },
  ];
}
