import type * as z from 'zod';
import { kindByKey } from '../../catalogue/vehicle-kind.ts';
import type { OfferedOrder, OfferedTruck, OfferView } from '../../contract/http/offers/views.ts';
import { minutesOnTheRoad } from '../../places/estimate-route.ts';
import { maskedCustomer, namedCustomer, nameOfDriver } from '../order/names-shown.ts';
import type { TruckRow, WholeOrder } from '../order/order-row.ts';
import { snapshotOf } from '../order/order-snapshot.ts';
import type { OfferLine } from './offer-lines.ts';

export interface ShownOffer {
  readonly order: WholeOrder;
  readonly transporterId: string;
  /** From the transporter to the pickup. */
  readonly distanceKm: number;
  readonly lines: readonly OfferLine[];
}

const sum = (figures: readonly number[]) => figures.reduce((total, each) => total + each, 0);

/** An offer, as the Captain app reads it: an order with a line for each kind that the transporter can serve. */
export function offerView(
  { order, transporterId, distanceKm, lines }: ShownOffer,
  now: Date,
): OfferView {
  const shown = offeredOrder(order, transporterId, now);
  const { routePoints: _, totalTrucks: _trucks, lifecycleEventVersion, ...facts } = shown;
  const { id, pickup, drop } = shown;
  return {
    ...facts,
    ...figuresOf(lines),
    broadcastId: id,
    orderId: id,
    bookingId: id,
    customerMobile: shown.customerPhone,
    pickupLocation: pickup,
    dropLocation: drop,
    pickupAddress: pickup.address,
    pickupCity: pickup.city,
    dropAddress: drop.address,
    dropCity: drop.city,
    distance: shown.distanceKm,
    notes: null,
    isUrgent: false,
    isPersonalized: true,
    pickupDistanceKm: Math.round(distanceKm * 10) / 10,
    pickupEtaMinutes: minutesOnTheRoad(distanceKm),
    orderLifecycleVersion: lifecycleEventVersion,
    payloadVersion: 1,
  };
}

/** The lines, and what they come to together. */
function figuresOf(lines: readonly OfferLine[]) {
  const requestedVehicles = lines.map(lineView);
  const [first] = requestedVehicles;
  const trucks = lines.flatMap((line) => line.trucks);
  const filled = sum(lines.map((line) => line.filled));
  const possible = sum(lines.map(({ free, searching }) => Math.min(free, searching)));
  const fare = sum(trucks.map(({ pricePerTruck }) => pricePerTruck));
  return {
    requestedVehicles,
    vehicleType: first?.vehicleType ?? '',
    vehicleSubtype: first?.vehicleSubtype ?? '',
    farePerTruck: first?.farePerTruck ?? 0,
    pricePerTruck: first?.farePerTruck ?? 0,
    totalFare: fare,
    totalAmount: fare,
    totalTrucksNeeded: trucks.length,
    trucksNeeded: trucks.length,
    trucksFilledSoFar: filled,
    trucksFilled: filled,
    trucksStillNeeded: sum(lines.map(({ searching }) => searching)),
    trucksYouCanProvide: possible,
    maxTrucksYouCanProvide: possible,
    yourAvailableTrucks: sum(lines.map(({ free }) => free)),
    yourTotalTrucks: sum(lines.map(({ all }) => all)),
  };
}

function lineView({ vehicleKey, trucks, searching, filled, free }: OfferLine) {
  // A hold takes the first open trucks: their price is the one that counts.
  const next = trucks.find(({ status }) => status === 'searching') ?? trucks[0];
  return {
    ...spelledForCaptains(vehicleKey, next),
    count: trucks.length,
    filledCount: filled,
    searchingCount: searching,
    farePerTruck: next?.pricePerTruck ?? 0,
    capacityTons: kindByKey(vehicleKey)?.maxTonnes ?? 0,
    trucksYouCanProvide: Math.min(free, searching),
  };
}

/** The Captain app compares the spelling letter by letter with that of the fleet's vehicles. */
export function spelledForCaptains(
  vehicleKey: string,
  truck: Pick<TruckRow, 'vehicleType' | 'vehicleSubtype'> | undefined,
) {
  const kind = kindByKey(vehicleKey);
  return {
    vehicleType: kind?.type.id ?? truck?.vehicleType ?? '',
    vehicleSubtype: kind?.captainName ?? truck?.vehicleSubtype ?? '',
  };
}

/** P12: the customer is masked until a truck of the transporter is assigned. */
export function offeredOrder(
  row: WholeOrder,
  transporterId: string,
  now: Date,
): z.output<typeof OfferedOrder> {
  const { order } = snapshotOf(row);
  const isOn = row.trucks.some(({ assigned }) => assigned?.transporterId === transporterId);
  return {
    id: order.id,
    customerId: order.customerId,
    ...(isOn ? namedCustomer(row) : maskedCustomer(row)),
    pickup: order.pickup,
    drop: order.drop,
    routePoints: order.routePoints,
    distanceKm: order.distanceKm,
    totalTrucks: order.totalTrucks,
    trucksFilled: order.trucksFilled,
    totalAmount: order.totalAmount,
    goodsType: order.goodsType,
    weight: order.weight,
    status: order.status,
    expiresAt: order.expiresAt,
    createdAt: order.createdAt,
    eventVersion: order.eventVersion,
    dispatchRevision: order.eventVersion,
    lifecycleEventVersion: order.eventVersion,
    serverTimeMs: now.getTime(),
  };
}

/** P12: of trucks that others drive, a transporter sees only that they are taken. */
export function offeredTruck(
  truck: TruckRow,
  orderId: string,
  transporterId: string,
): z.output<typeof OfferedTruck> {
  const own = truck.assigned?.transporterId === transporterId ? truck.assigned : undefined;
  return {
    id: truck.id,
    orderId,
    requestNumber: truck.number,
    ...spelledForCaptains(truck.vehicleKey, truck),
    pricePerTruck: truck.pricePerTruck,
    status: truck.status,
    assignedTransporterId: own?.transporterId ?? null,
    assignedVehicleNumber: own?.vehicleNumber ?? null,
    assignedDriverName: own ? nameOfDriver(own.driverName) : null,
    createdAt: new Date(truck.createdAtMs).toISOString(),
  };
}
