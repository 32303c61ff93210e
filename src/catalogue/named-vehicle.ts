import { AppError } from '../contract/errors.ts';
import { kindOf, kindsOfType, typeNamed, type VehicleKind } from './vehicle-kind.ts';
import { vehicleTypes, type VehicleType } from './vehicle-types.ts';

/** The type that a request names. If there is no such type, the error lists the types that exist. */
export function namedType(text: string): VehicleType {
  const type = typeNamed(text);
  if (type) return type;
  throw unknown(
    'vehicleType',
    vehicleTypes.map(({ id }) => id),
  );
}

/** The kind that a request names. Without a subtype, it is the type's reference subtype, which has the multiplier 1. */
export function namedKind(type: VehicleType, subtype: string | undefined): VehicleKind {
  const kinds = kindsOfType(type);
  const named =
    subtype === undefined
      ? kinds.find(({ multiplier }) => multiplier === 1)
      : kindOf(type.id, subtype);
  if (named) return named;
  throw unknown(
    'vehicleSubtype',
    kinds.map(({ name }) => name),
  );
}

function unknown(path: string, known: readonly string[]): AppError {
  const message = `Not one that is known here: ${known.join(', ')}`;
  return new AppError('VALIDATION_ERROR', { details: [{ path, message }] });
}
