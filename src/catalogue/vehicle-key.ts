/** Short forms of units and shapes, so that `14 Feet`, `14ft` and `14 Foot` are the same length. */
const shortened: ReadonlyMap<string, readonly string[]> = new Map([
  ['feet', ['ft']],
  ['foot', ['ft']],
  ['ton', ['t']],
  ['tons', ['t']],
  ['tonne', ['t']],
  ['tonnes', ['t']],
  ['mt', ['t']],
  ['wheeler', ['w']],
  ['wheelers', ['w']],
  ['container', ['cont']],
  ['axle', ['ax']],
  ['single', ['s']],
  ['multi', ['m']],
  ['triple', ['tr']],
  ['sxl', ['s', 'ax']],
  ['mxl', ['m', 'ax']],
]);

/** Words of a subtype that say the same as its type. */
const implied: Readonly<Record<string, readonly string[]>> = { mini: ['truck', 'pickup'] };

/** One app puts the shape first (`LCV Open - 14 Feet`), the other puts it last (`14 Feet Open`). */
const shapes: readonly string[] = ['open', 'cont'];

/**
 * The key of a kind of vehicle, the same for every spelling of its subtype. Examples: `open_17_ft`,
 * `lcv_cont_32_ft_s_ax`, `trailer_8_11_t`. Kinds are stored and looked up by key. Names are for people.
 */
export function vehicleKey(typeId: string, subtype: string): string {
  const silent = [typeId, ...(implied[typeId] ?? [])];
  const words = (subtype.toLowerCase().match(/\d+|[a-z]+/g) ?? [])
    .filter((word) => !silent.includes(word))
    .flatMap((word) => shortened.get(word) ?? [word]);
  const shape = words.filter((word) => shapes.includes(word));
  const rest = words.filter((word) => !shapes.includes(word));
  return [typeId, ...shape, ...rest].join('_');
}
