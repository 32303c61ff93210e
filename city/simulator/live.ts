import type { OrderStatus, TruckStatus } from '../../src/contract/http/orders/views.ts';
import type { Position } from '../../src/places/position.ts';
import type { Temper } from '../world/captain.ts';
import type { Captain, Vehicle } from '../world/fleets.ts';
import type { PlannedOrder, PlannedTruck } from '../world/orders.ts';
import { Moving } from './moving.ts';

/** What changes during a day. The fields of orders and holds have the names that production's rules read. */

export class LiveVehicle extends Moving {
  readonly plan: Vehicle;
  readonly owner: LiveCaptain;
  /** The truck of an order that it is on. */
  on: LiveTruck | undefined;

  constructor(plan: Vehicle, owner: LiveCaptain, clock: { readonly now: number }) {
    super(clock, plan.startsAt);
    this.plan = plan;
    this.owner = owner;
  }
}

export interface LiveCaptain {
  readonly plan: Captain;
  readonly vehicles: LiveVehicle[];
  /** How many trucks of each kind it holds. */
  readonly held: Map<string, number>;
  /** The offers that are not closed. */
  readonly open: Set<Offer>;
  /** All offers of the day, the latest last. */
  readonly offers: Offer[];
  /** When its last two holds lapsed, the latest first. */
  lapsedAt: readonly Date[];
  wonAt: number | undefined;
  /** When it last had something to do, or went online. */
  idleSince: number;
  /** Trucks that it brought to a pickup. */
  won: number;
}

export interface Offer {
  readonly captain: LiveCaptain;
  readonly order: LiveOrder;
  readonly at: number;
  readonly temper: Temper;
  isOpen: boolean;
  /** The kinds that the captain is told it can serve. */
  kinds: readonly string[];
  answer: 'accepted' | 'declined' | undefined;
  /** It wants trucks, and there were none when it wanted them. */
  isWaiting: boolean;
}

type Loss = 'lapsed' | 'given back' | 'driver said no' | 'driver gave up';

export interface LiveTruck {
  readonly id: string;
  readonly vehicleKey: string;
  readonly plan: PlannedTruck;
  status: TruckStatus;
  holdId: string | null;
  assigned: { readonly transporterId: string } | null;
  /** Vehicles whose drivers will not come any more. */
  readonly refusedBy: Set<LiveVehicle>;
  /** When it last got a vehicle, in seconds of the day. */
  mannedAt: number | undefined;
  /** How it was lost last, by whoever had it. */
  lostBy: Loss | undefined;
}

export interface Hold {
  readonly id: string;
  readonly captain: LiveCaptain;
  readonly transporterId: string;
  readonly vehicleKey: string;
  readonly quantity: number;
  readonly afterNo: boolean;
  readonly expiresAtMs: number;
}

export interface LiveOrder {
  readonly plan: PlannedOrder;
  readonly id: string;
  readonly customer_id: string;
  readonly needed: number;
  readonly kinds: readonly string[];
  readonly trucks: LiveTruck[];
  holds: readonly Hold[];
  readonly asked: Map<LiveCaptain, Offer>;
  status: OrderStatus;
  event_version: number;
  search_closed_at: Date | null;
  wave: number;
  online_candidates: number;
  notified_transporters: number;
  /** In seconds since it was placed. */
  firstHeldAfter: number | undefined;
  filledAfter: number | undefined;
}

export function liveCaptain(
  plan: Captain,
  vehicles: readonly Vehicle[],
  clock: { readonly now: number },
): LiveCaptain {
  const captain: LiveCaptain = {
    plan,
    vehicles: [],
    held: new Map(),
    open: new Set(),
    offers: [],
    lapsedAt: [],
    wonAt: undefined,
    idleSince: plan.online.from,
    won: 0,
  };
  for (const index of plan.vehicles) {
    const vehicle = vehicles[index];
    if (!vehicle) throw new Error('A captain has a vehicle that is not in its world');
    captain.vehicles.push(new LiveVehicle(vehicle, captain, clock));
  }
  return captain;
}

export function liveOrder(plan: PlannedOrder): LiveOrder {
  const trucks = plan.trucks.map((truck, number) => ({
    id: `${plan.id}-${number}`,
    vehicleKey: truck.kind,
    plan: truck,
    status: 'searching' as const,
    holdId: null,
    assigned: null,
    refusedBy: new Set<LiveVehicle>(),
    mannedAt: undefined,
    lostBy: undefined,
  }));
  return {
    plan,
    id: plan.id,
    customer_id: `customer-of-${plan.id}`,
    needed: trucks.length,
    kinds: [...new Set(trucks.map(({ vehicleKey }) => vehicleKey))],
    trucks,
    holds: [],
    asked: new Map(),
    status: 'broadcasting',
    event_version: 1,
    search_closed_at: null,
    wave: 0,
    online_candidates: 0,
    notified_transporters: 0,
    firstHeldAfter: undefined,
    filledAfter: undefined,
  };
}

/** How many trucks of a kind of an order nobody has. */
export const searchingOf = ({ trucks }: LiveOrder, kind: string) =>
  trucks.filter(({ status, vehicleKey }) => status === 'searching' && vehicleKey === kind).length;

/** How many trucks of a kind of a fleet are neither held nor on an order. */
export function freeOf({ vehicles, held }: LiveCaptain, kind: string): number {
  let free = -(held.get(kind) ?? 0);
  for (const { plan, on } of vehicles) if (plan.kind === kind && !on) free += 1;
  return free;
}

/** Where the search finds a captain: an owner who drives is at its truck, another one at home. */
export function placeOf({ plan, vehicles }: LiveCaptain): Position {
  const [first, ...more] = vehicles;
  return first && more.length === 0 ? first.at : plan.home;
}
