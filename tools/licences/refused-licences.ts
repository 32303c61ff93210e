import * as z from 'zod';

/** Licences that let a product of ours contain the code, and ask for no more than a notice. */
const accepted: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
  '(MIT OR GPL-3.0-or-later)',
  'MIT and ISC',
]);

/** Packages that were looked at one by one, and why they are accepted. */
const exceptions: ReadonlyMap<string, string> = new Map([
  ['seq-queue', 'its repository says MIT; the package leaves the field out'],
  [
    'elkjs',
    'EPL-2.0 asks for the source of changes to it. We change nothing and ship nothing of it',
  ],
]);

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

/**
 * The packages of a package-lock.json that are not for development alone and whose licence nobody has accepted, each as
 * `name version: licence`. Our own packages are none.
 */
export function refusedLicences(lock: unknown): readonly string[] {
  const { packages } = Lock.parse(lock);
  return Object.entries(packages).flatMap(([path, { version, license, dev }]) => {
    const name = /.*node_modules\/(.+)$/.exec(path)?.[1];
    if (name === undefined || version === undefined || dev) return [];
    const known = license !== undefined && accepted.has(license);
    return known || exceptions.has(name) ? [] : [`${name} ${version}: ${license ?? 'no licence'}`];
  });
}
