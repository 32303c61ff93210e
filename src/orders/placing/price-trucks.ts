import { quote } from '../../catalogue/price.ts';
import { kindOf, typeNamed, type VehicleKind } from '../../catalogue/vehicle-kind.ts';
import { AppError, type ErrorDetail } from '../../contract/errors.ts';
import type { NewOrder } from '../../contract/http/orders/views.ts';
import { greatCircleKm } from '../../places/position.ts';

interface PricedTruck {
  readonly vehicleKey: string;
  readonly vehicleType: string;
  readonly vehicleSubtype: string;
  readonly pricePerTruck: number;
  readonly quotedPricePerTruck: number;
}

const shortestHaulKm = 0.5;

/**
 * Every truck that an order asks for, with the price that the customer offers, and our quote. If several things are
 * wrong with the order, the error names all of them.
 */
export function priceTrucks(order: NewOrder, at: Date): readonly PricedTruck[] {
  const kinds = order.vehicleRequirements.map(({ vehicleType, vehicleSubtype }) =>
    kindOf(vehicleType, vehicleSubtype),
  );
  refuse('VALIDATION_ERROR', [...tooNear(order), ...unknownKinds(order, kinds)]);
  const known = kinds.filter((kind) => kind !== undefined);
  refuse('PRICE_TOO_LOW', underFloor(order, known));

  return order.vehicleRequirements.flatMap(({ quantity, pricePerTruck }, i) => {
    const kind = known[i];
    if (!kind) return [];
    const { distanceKm } = order;
    const truck = {
      vehicleKey: kind.key,
      vehicleType: kind.type.id,
      vehicleSubtype: kind.name,
      pricePerTruck,
      quotedPricePerTruck: quote({ kind, distanceKm, trucks: 1, at }).pricePerTruck,
    };
    return Array.from({ length: quantity }, () => truck);
  });
}

function refuse(code: 'VALIDATION_ERROR' | 'PRICE_TOO_LOW', details: ErrorDetail[]): void {
  if (details.length > 0) throw new AppError(code, { details });
}

function tooNear({ pickup, drop }: NewOrder): readonly ErrorDetail[] {
  if (greatCircleKm(pickup, drop) >= shortestHaulKm) return [];
  return [{ path: 'drop', message: 'Must be at least 500 m from the pickup' }];
}

function unknownKinds(
  { vehicleRequirements }: NewOrder,
  kinds: readonly (VehicleKind | undefined)[],
): readonly ErrorDetail[] {
  return vehicleRequirements.flatMap(({ vehicleType }, i) => {
    if (kinds[i]) return [];
    const field = typeNamed(vehicleType) ? 'vehicleSubtype' : 'vehicleType';
    const message = 'Not one that is known here: GET vehicles/types lists them';
    return [{ path: `vehicleRequirements.${i}.${field}`, message }];
  });
}

function underFloor(
  { vehicleRequirements }: NewOrder,
  kinds: readonly VehicleKind[],
): ErrorDetail[] {
  return vehicleRequirements.flatMap(({ pricePerTruck }, i) => {
    const floor = kinds[i]?.type.floor ?? 0;
    if (pricePerTruck >= floor) return [];
    const path = `vehicleRequirements.${i}.pricePerTruck`;
    return [{ path, message: `Must be at least ${floor} rupees` }];
  });
}
