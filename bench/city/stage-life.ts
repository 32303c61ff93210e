import { drivingSpeed } from '../../city/live/captains/motion.ts';
import { loadingMs, unloadingMs } from '../../city/live/captains/trip.ts';
import type { Ways } from '../../city/simulator/ways.ts';
import type { PlannedOrder } from '../../city/world/orders.ts';
import { roadKm } from '../../city/world/roads.ts';
import type { World } from '../../city/world/world.ts';
import { quote } from '../../src/catalogue/price.ts';
import { kindByKey } from '../../src/catalogue/vehicle-kind.ts';
import { greatCircleKm, type Position } from '../../src/places/position.ts';
import { countedOf, type CityWish } from './wish.ts';

/** What the simulator has to be told of a run in a stage. */
export interface StageTimes {
  /** When its first order was placed. */
  readonly beganAt: Date;
  /** From when a wave is due until its offers are on the phones: the median of this machine, in this run. */
  readonly offerSeconds: number;
}

const secondsHome = (from: Position, to: Position) =>
  (greatCircleKm(from, to) * 1000) / drivingSpeed;

/** As the captains of `city/live` drive: straight and fast, home after each trip, and free on the way home. */
export const waysOfAStage = ({ offerSeconds }: StageTimes): Ways => ({
  driveSeconds: secondsHome,
  offerSeconds,
  promised: (vehicle) => vehicle.standAt(vehicle.at),
  setOut: (vehicle, pickup, seconds) => vehicle.driveTo(pickup, seconds),
  letGo: (vehicle) => {
    const { startsAt } = vehicle.plan;
    vehicle.driveTo(startsAt, secondsHome(vehicle.at, startsAt));
  },
});

/** Orders go on to be placed, until those that count are over. */
const behindSeconds = 300;
/** Nobody goes offline before the end. */
const longestSeconds = 7200;
const istSeconds = 5.5 * 3600;
const daySeconds = 86_400;

/** The same people and the same orders, as they live in `npm start`: all online, from its beginning on. */
export function asInAStage(world: World, wish: CityWish, { beganAt }: StageTimes): World {
  const begins = (beganAt.getTime() / 1000 + istSeconds) % daySeconds;
  const count = countedOf(wish) + Math.ceil(behindSeconds / wish.every);
  return {
    ...world,
    captains: world.captains.map((captain) => ({
      ...captain,
      online: { from: begins, until: begins + longestSeconds },
    })),
    orders: ordersOf(world, count).map((order, index) => ({
      ...order,
      index,
      id: `order-${String(index).padStart(4, '0')}`,
      atSeconds: begins + index * wish.every,
      price: priceTaken(order, beganAt),
      trucks: order.trucks.map((truck) => ({
        ...truck,
        loadingSeconds: loadingMs / 1000,
        unloadingSeconds: unloadingMs / 1000,
      })),
    })),
  };
}

/** As the city's customers place them: in the sequence of the day, and then from its beginning. */
export function ordersOf(
  { orders }: Pick<World, 'orders'>,
  count: number,
): readonly PlannedOrder[] {
  return Array.from({ length: count }, (_, index) => {
    const order = orders[index % orders.length];
    if (!order) throw new Error('The world has no orders');
    return order;
  });
}

/** Whoever offers less than the least for a truck is refused, and pays the quote. */
function priceTaken({ price, pickup, drop, trucks }: PlannedOrder, at: Date): number {
  const distanceKm = Math.max(1, Math.round(roadKm(pickup, drop)));
  const isRefused = trucks.some(({ kind: key }) => {
    const kind = kindByKey(key);
    if (!kind) throw new Error(`The catalogue has no ${key}`);
    const { pricePerTruck } = quote({ kind, distanceKm, trucks: 1, at });
    return Math.round(pricePerTruck * price) < kind.type.floor;
  });
  return isRefused ? 1 : price;
}
