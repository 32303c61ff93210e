import type { ICruiseOptions, IFlattenedRuleSet } from 'dependency-cruiser';

/**
 * The rooms of the house and which may import which (docs/architecture.md). A capability may import
 * those that stand before it in the list, and nobody's store but its own.
 */
const capabilities = [
  'catalogue',
  'places',
  'identity',
  'fleet',
  'orders',
  'dispatch',
  'trips',
  'messaging',
  'cutover',
];

/** What each room may import, besides itself and packages. */
const arrows = {
  '^bin/': ['^lib/'],
  '^lib/': ['^src/contract/'],
  '^lib/parts/': ['^src/contract/'],
  '^lib/data/': ['^src/contract/', '^lib/parts/'],
  '^lib/service/': ['^src/contract/', '^lib/(data|parts)/'],
  '^lib/edge/': ['^src/contract/', '^lib/(service|parts)/'],
  '^functions/': ['^src/'],
  '^layers/': [],
  '^prisma/': [],
  '^src/contract/': [],
  '^src/platform/': ['^src/contract/', '^layers/data/index.ts$'],
  // The simulator runs the rules of src; the world knows nothing of who drives it.
  '^city/world/': ['^src/'],
  '^city/optimum/': ['^src/', '^city/world/'],
  '^city/simulator/': ['^src/', '^city/world/'],
  // Who lives in a running stage knows it through the public API alone, and reads prices and kinds as the apps do.
  '^city/live/': ['^src/(catalogue|places)/', '^city/world/'],
  // The local cloud knows nothing of Weelo, and its rooms stand in order.
  '^packages/local-cloud/': [],
  // Who walks knows the stage by its public API, and where the codes of test numbers are kept.
  '^src/canary/': ['^src/(contract|platform)/', '^src/messaging/sms/test-codes.ts$'],
  ...Object.fromEntries(
    capabilities.map((name, index) => [
      `^src/${name}/`,
      ['contract', 'platform', ...capabilities.slice(0, index)].map((room) => `^src/${room}/`),
    ]),
  ),
};

const nobody = ['^(test|bench|local|city|packages)/'];

/** The rooms of the local cloud: each may import those before it in the list. */
const localCloud = [
  'protocol',
  'engines',
  'template',
  'access',
  'watch',
  'lambda',
  'custom-resources',
  'deployment',
  'gateway',
  'services',
  'outside',
  'events',
  'start',
];

/** Each of these breaks the build. */
const forbidden = 'error' as const;

export const rules: IFlattenedRuleSet = {
  forbidden: [
    { name: 'no-circle', severity: forbidden, from: {}, to: { circular: true } },
    {
      name: 'nothing-unresolved',
      severity: forbidden,
      from: {},
      to: { couldNotResolve: true, path: '^(\\.|local-cloud(/|$)|@weelo/)' },
    },
    ...Object.entries(arrows).map(([room, allowed]) => ({
      name: `arrows-out-of-${room
        .replaceAll(/[^a-z-]/g, ' ')
        .trim()
        .replaceAll(' ', '-')}`,
      severity: forbidden,
      from: { path: room },
      to: {
        path: '^(bin|lib|functions|layers|prisma|src|packages|local|city|bench|test|tools|docs)/',
        pathNot: [room, ...allowed],
      },
    })),
    ...localCloud.map((room, index) => ({
      name: `arrows-out-of-local-cloud-${room}`,
      severity: forbidden,
      from: { path: `^packages/local-cloud/src/${room}/` },
      to: {
        path: '^packages/local-cloud/src/',
        pathNot: localCloud.slice(0, index + 1).map((each) => `^packages/local-cloud/src/${each}/`),
      },
    })),
    {
      name: 'no-folder-of-the-local-cloud-without-a-place-in-the-list',
      severity: forbidden,
      from: {},
      to: {
        path: '^packages/local-cloud/src/[^/]+/',
        pathNot: `^packages/local-cloud/src/(${localCloud.join('|')})/`,
      },
    },
    {
      name: 'contract-imports-zod-alone',
      severity: forbidden,
      from: { path: '^src/contract/' },
      to: { path: 'node_modules/', pathNot: '^node_modules/zod/' },
    },
    {
      name: 'functions-never-import-each-other',
      severity: forbidden,
      from: { path: '^functions/' },
      to: { path: '^functions/[^/]+\\.ts$' },
    },
    {
      name: 'another-capability-s-store',
      severity: forbidden,
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/.*store\\.ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'local-and-bench-are-for-tests',
      severity: forbidden,
      from: { pathNot: ['^(packages|local|city|bench|test|tools)/'] },
      to: { path: nobody },
    },
    {
      name: 'no-room-without-a-name',
      severity: forbidden,
      from: {},
      to: { path: '^src/', pathNot: `^src/(contract|platform|canary|${capabilities.join('|')})/` },
    },
    {
      name: 'middy-at-the-edge-alone',
      severity: forbidden,
      from: { path: '^(src|lib|bin)/' },
      to: { path: 'node_modules/@middy/' },
    },
    {
      name: 'aws-clients-in-platform-alone',
      severity: forbidden,
      from: { path: '^(src|functions)/', pathNot: '^src/platform/' },
      to: { path: 'node_modules/(@aws-sdk|ioredis|pg|@prisma)/' },
    },
  ],
};

export const walkOptions: ICruiseOptions = {
  doNotFollow: { path: ['node_modules', 'layers/data/generated'] },
  exclude: { path: 'layers/data/generated' },
  tsPreCompilationDeps: true,
  parser: 'swc',
  enhancedResolveOptions: {
    extensions: ['.ts', '.mjs', '.js'],
    // Without this a package's `exports` are not read, and an import of `local-cloud` leads nowhere.
    exportsFields: ['exports'],
    conditionNames: ['import', 'node', 'default', 'types'],
  },
};
