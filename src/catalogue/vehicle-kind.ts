import { vehicleKey } from './vehicle-key.ts';
import { vehicleTypes, type VehicleType } from './vehicle-types.ts';

/** A vehicle type and subtype: what an order asks for, and what a transporter has. */
export interface VehicleKind {
  readonly key: string;
  readonly type: VehicleType;
  /** The subtype, as the customer app spells it, and as documents and answers do. */
  readonly name: string;
  /** The subtype, as the Captain app spells it; it compares letter by letter. */
  readonly captainName: string;
  readonly minTonnes: number;
  readonly maxTonnes: number;
  readonly capacityKg: number;
  readonly multiplier: number;
}

export const vehicleKinds: readonly VehicleKind[] = vehicleTypes.flatMap((type) =>
  type.subtypes.map(({ name, tonnes: [minTonnes, maxTonnes], capacityKg, multiplier }) => ({
    key: vehicleKey(type.id, name),
    type,
    name,
    captainName: captainNameOf(type, name),
    minTonnes,
    maxTonnes,
    capacityKg,
    multiplier,
  })),
);

const kindsByKey = new Map(vehicleKinds.map((kind) => [kind.key, kind]));

const typesByName = new Map(
  vehicleTypes.flatMap((type) =>
    [type.id, type.name, ...(type.otherNames ?? [])].map((name) => [plain(name), type] as const),
  ),
);

/** The type of that id or name: `open`, `OPEN`, `Mini/Pickup`. */
export function typeNamed(text: string): VehicleType | undefined {
  return typesByName.get(plain(text));
}

/** The kind that this type and subtype name, in any spelling that is known. */
export function kindOf(type: string, subtype: string): VehicleKind | undefined {
  const typeId = typeNamed(type)?.id;
  return typeId === undefined ? undefined : kindByKey(vehicleKey(typeId, subtype));
}

/** The kind of a stored key. */
export function kindByKey(key: string): VehicleKind | undefined {
  return kindsByKey.get(key);
}

export function kindsOfType(type: VehicleType): readonly VehicleKind[] {
  return vehicleKinds.filter((kind) => kind.type === type);
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, '');
}

/** `8-11 Ton` is `8-11 Ton Trailer` there, and `LCV Open - 14 Feet` is `14 Feet Open`; feet are the same. */
function captainNameOf(type: VehicleType, name: string): string {
  const [, shape, size] = /^LCV (Open|Container) - (.+)$/.exec(name) ?? [];
  if (shape && size) return `${size} ${shape}`;
  return name.endsWith(' Ton') ? `${name} ${type.name}` : name;
}
