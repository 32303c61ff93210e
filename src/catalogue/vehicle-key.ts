/** Units and shapes, whoever writes them: `14 Feet`, `14ft` and `14 Foot` are one length. */
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

/** Words that say no more than the type does. */
const implied: Readonly<Record<string, readonly string[]>> = { mini: ['truck', 'pickup'] };

/** Shapes stand first in one app (`LCV Open - 14 Feet`) and last in the other (`14 Feet Open`). */
const shapes: readonly string[] = ['open', 'cont'];

/**
 * One key per kind of vehicle, however its subtype is spelled: `open_17_ft`, `lcv_cont_32_ft_s_ax`,
 * `trailer_8_11_t`. It is what is stored and looked up; names are for people.
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
