import { vehicleKey } from './vehicle-key.ts';
import { vehicleTypes, type VehicleType } from './vehicle-types.ts';

/** A vehicle type and subtype. An order asks for trucks of a kind, and a transporter has vehicles of a kind. */
export interface VehicleKind {
  readonly key: string;
  readonly type: VehicleType;
  /** The subtype as the customer app, the documents and the answers spell it. */
  readonly name: string;
  /** The subtype as the Captain app spells it. The app compares it letter by letter. */
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

/** The type with this id or name, for example `open`, `OPEN` or `Mini/Pickup`. */
export function typeNamed(text: string): VehicleType | undefined {
  return typesByName.get(plain(text));
}

/** The kind with this type and subtype, in any known spelling. */
export function kindOf(type: string, subtype: string): VehicleKind | undefined {
  const typeId = typeNamed(type)?.id;
  return typeId === undefined ? undefined : kindByKey(vehicleKey(typeId, subtype));
}

/** The kind with this key. */
export function kindByKey(key: string): VehicleKind | undefined {
  return kindsByKey.get(key);
}

export function kindsOfType(type: VehicleType): readonly VehicleKind[] {
  return vehicleKinds.filter((kind) => kind.type === type);
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, '');
}

/** The Captain app says `8-11 Ton Trailer` for `8-11 Ton`, and `14 Feet Open` for `LCV Open - 14 Feet`. */
function captainNameOf(type: VehicleType, name: string): string {
  const [, shape, size] = /^LCV (Open|Container) - (.+)$/.exec(name) ?? [];
  if (shape && size) return `${size} ${shape}`;
  return name.endsWith(' Ton') ? `${name} ${type.name}` : name;
}
