import { namedType } from '../catalogue/named-vehicle.ts';
import { quote, quoteEndsAt } from '../catalogue/price.ts';
import { vehicleKinds } from '../catalogue/vehicle-kind.ts';
import { AppError } from '../contract/errors.ts';
import type { FreeNearby } from '../fleet/presence/free-nearby.ts';
import { estimateRoute } from '../places/estimate-route.ts';
import { greatCircleKm, type Position } from '../places/position.ts';
import type { Clock } from '../platform/clock.ts';

interface Asked {
  readonly pickupLat: number;
  readonly pickupLng: number;
  readonly dropLat: number;
  readonly dropLng: number;
  readonly vehicleType?: string | undefined;
}

const shortestHaulKm = 0.5;

/**
 * What every kind of truck would cost from here to there, and how many are free nearby. It reads and changes no order.
 * Prices and free trucks are worked out for each request, and not stored.
 */
export async function searchTrucks(
  asked: Asked,
  {
    clock,
    freeNearby,
  }: {
    readonly clock: Clock;
    readonly freeNearby: (from: Position, kinds: readonly string[]) => Promise<FreeNearby>;
  },
) {
  const at = clock.now();
  const pickup = { latitude: asked.pickupLat, longitude: asked.pickupLng };
  const drop = { latitude: asked.dropLat, longitude: asked.dropLng };
  if (greatCircleKm(pickup, drop) < shortestHaulKm) throw tooNear();
  const type = asked.vehicleType === undefined ? undefined : namedType(asked.vehicleType);
  const kinds = vehicleKinds.filter((kind) => type === undefined || kind.type === type);

  const { distanceKm, durationMinutes } = estimateRoute(pickup, drop);
  const keys = kinds.map(({ key }) => key);
  const free = await freeNearby(pickup, keys);
  return {
    distanceKm,
    durationMinutes,
    validUntil: quoteEndsAt(at).toISOString(),
    vehicles: kinds.map((kind) => ({
      vehicleType: kind.type.id,
      displayName: kind.type.name,
      vehicleSubtype: kind.name,
      vehicleKey: kind.key,
      capacityKg: kind.capacityKg,
      pricePerTruck: quote({ kind, distanceKm, trucks: 1, at }).pricePerTruck,
      freeNearby: free.get(kind.key)?.vehicles ?? 0,
      nearestMinutes: free.get(kind.key)?.nearestMinutes ?? null,
    })),
  };
}

function tooNear(): AppError {
  const message = 'Must be at least 500 m from the pickup';
  const details = ['dropLat', 'dropLng'].map((path) => ({ path, message }));
  return new AppError('VALIDATION_ERROR', { details });
}
