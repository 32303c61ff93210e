import { notBegun } from '../stays/not-begun.ts';
import { nameOfDriver, nameOfTransporter } from '../order/names-shown.ts';
import { TrucksAssigned } from '../../contract/domain-events/orders.ts';
import { truckAssigned } from '../../contract/events/assignments.ts';
import { bookingFullyFilled } from '../../contract/events/orders.ts';
import type { Telling } from '../../contract/events/event.ts';
import type { Sendable } from '../../contract/queues.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Sql } from '../../platform/postgres/postgres.ts';
import { answerTimer } from '../changing/answer-timer.ts';
import type { Change } from '../changing/change.ts';
import { tellLost } from '../telling/tell-lost.ts';
import { refreshOffer } from '../offers/offer-messages.ts';
import { tellDismissed } from '../telling/tell-offers.ts';
import { tellCustomerRemaining } from '../telling/tell-remaining.ts';
import type { LiveAssignment, OrderInHand } from '../order/locked-order.ts';
import { publicationOf, tellOf, tellOfAssignment } from '../telling/order-events.ts';
import type { TruckRow } from '../order/order-row.ts';
import { answerSeconds } from '../order/order.ts';
import type { Changed } from '../order/changed.ts';
import { insertAssignments } from './assignment-statements.ts';
import type { Crew } from './crew.ts';
import { tellTrip } from '../telling/trip-offered.ts';

interface Assigning {
  readonly holdId: string;
  readonly transporterId: string;
  /** What happens to the hold. */
  readonly hold: Sql;
  /** The trucks that get a vehicle and a driver, as many as there are crews. */
  readonly trucks: readonly TruckRow[];
  readonly crews: readonly Crew[];
  /** What becomes of the other trucks. Default: nothing. */
  readonly becomes?: Change['happening']['becomes'];
  /** How the offers change, unless this fills the order. */
  readonly offers: {
    readonly tells: (after: Changed) => readonly Telling[];
    readonly additions: readonly Sql[];
  };
  /** What dispatch has to do afterwards, beside refreshing the transporter's own offer. */
  readonly asksDispatch?: readonly Sendable[];
}

interface Manned {
  readonly crew: Crew;
  readonly truck: TruckRow;
  readonly assignment: LiveAssignment;
}

export interface Assigned {
  readonly assignments: readonly LiveAssignment[];
  readonly change: Change;
}

/**
 * A transporter puts vehicles and drivers on trucks. If no truck is missing then, the search closes. P9: the others
 * learn that the order is gone.
 */
export function trucksAssigned(order: OrderInHand, assigning: Assigning, ids: Ids): Assigned {
  const { holdId, transporterId, hold, trucks, crews, offers } = assigning;
  const answerBy = new Date(order.read_at.getTime() + answerSeconds * 1000);
  const manned = manTrucks(assigning, answerBy, ids);
  const assignments = manned.map(({ assignment }) => assignment);
  const taken = new Set(trucks.map(({ id }) => id));
  const { becomes = ({ status }) => status, asksDispatch = [] } = assigning;
  const fills = order.filled + crews.length === order.needed;
  const change: Change = {
    happening: {
      becomes: (truck) => (taken.has(truck.id) ? 'assigned' : becomes(truck)),
      tells: (after) => [
        ...manned.map((each) => tellCustomer(each, order, after)),
        ...manned.map((each) => tellDriver(order, each, after)),
        ...tellLost(after),
        ...(fills
          ? tellFilled(order, after, transporterId)
          : [
              tellCustomerRemaining(order, after, trucks[0]?.vehicleKey ?? ''),
              ...offers.tells(after),
            ]),
      ],
      // It holds nothing any more, so it may have lost its own line.
      asksDispatch: () =>
        fills ? asksDispatch : [...asksDispatch, refreshOffer(order.id, transporterId)],
      publishes: (after) =>
        publicationOf(TrucksAssigned, after, {
          transporterId,
          holdId,
          assignments: assignments.map(({ id, ...each }) => ({ assignmentId: id, ...each })),
        }),
    },
    additions: [
      hold,
      ...insertAssignments(assignments, { orderId: order.id, holdId, transporterId, answerBy }),
      // If the search closes, its offers are closed by the transition: a statement can change a row only once.
      ...(fills ? [] : offers.additions),
    ],
    timers: [answerTimer(order, answerBy)],
  };
  return { assignments, change };
}

function manTrucks(
  { holdId, transporterId, trucks, crews }: Assigning,
  answerBy: Date,
  ids: Ids,
): readonly Manned[] {
  return crews.flatMap((crew, i) => {
    const truck = trucks[i];
    if (!truck) return [];
    const { vehicle, driver } = crew;
    const assignment = {
      id: ids.next(),
      truckRequestId: truck.id,
      holdId,
      transporterId,
      driverId: driver.id,
      driverName: driver.name,
      driverPhone: driver.phone,
      vehicleId: vehicle.id,
      vehicleNumber: vehicle.number,
      status: 'pending' as const,
      answerByMs: answerBy.getTime(),
      ...notBegun,
    };
    return [{ crew, truck, assignment }];
  });
}

function tellCustomer(
  { crew: { driver }, assignment }: Manned,
  { requires_trip_codes: requiresTripCodes }: OrderInHand,
  after: Changed,
): Telling {
  const { id, vehicleNumber, status } = assignment;
  return tellOfAssignment(after, { assignment, status }, truckAssigned, [after.customerId], {
    message: 'A truck was found for your order.',
    assignment: { id, vehicleNumber, driverName: nameOfDriver(driver.name), status },
    transporterName: nameOfTransporter(driver.fleetName),
    driverPhone: driver.phone,
    requiresTripCodes,
    // Notify puts them in: they are stored nowhere.
    tripCodes: null,
  });
}

function tellDriver(
  order: OrderInHand,
  { truck, assignment }: Manned,
  { status, eventVersion }: Changed,
): Telling {
  return tellTrip({
    order: { ...order, status, event_version: eventVersion },
    truck,
    assignment,
    assignedAt: order.read_at,
    answerBy: new Date(assignment.answerByMs),
  });
}

/** The customer, and the transporters whose trucks drive, learn that all is found; the others, that it is over. */
function tellFilled(order: OrderInHand, after: Changed, transporterId: string): readonly Telling[] {
  const owners = new Set([transporterId, ...order.assignments.map((each) => each.transporterId)]);
  // Those who have lost their last line know that already.
  const gone = new Set(
    order.offers.flatMap((each) => (each.toldKinds.length === 0 ? each.transporterId : [])),
  );
  const { needed, filled } = after;
  const facts = { totalTrucks: needed, trucksNeeded: needed, trucksFilled: filled };
  return [
    tellOf(after, bookingFullyFilled, [after.customerId], facts),
    tellOf(after, bookingFullyFilled, [...owners], facts),
    tellDismissed(
      order,
      after,
      after.waiting.filter((id) => !owners.has(id) && !gone.has(id)),
      'fully_filled',
    ),
  ];
}
