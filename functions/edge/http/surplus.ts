/** The paths of fields in an answer that the contract does not declare. */
export function surplusOf(answered: unknown, read: unknown, path = ''): readonly string[] {
  if (Array.isArray(answered)) {
    const theirs: readonly unknown[] = Array.isArray(read) ? read : [];
    return answered.flatMap((each, i) => surplusOf(each, theirs[i], `${path}.${i}`));
  }
  if (!isObject(answered) || !isObject(read)) return [];
  return Object.entries(answered).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const here = path === '' ? name : `${path}.${name}`;
    return name in read ? surplusOf(value, read[name], here) : [here];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
