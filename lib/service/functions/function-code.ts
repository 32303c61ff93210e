import {
  Architecture,
  type Code,
  type ILayerVersion,
  LayerVersion,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { FunctionName } from '../../../src/contract/functions.ts';
import { Bundle, type BundleProps } from './bundle.ts';

export const runtime = Runtime.NODEJS_24_X;
export const architecture = Architecture.X86_64;

const dataLayer = '@weelo/data';
const schemaEngine = '@prisma/schema-engine-wasm';

/** The packages and files that a function needs in addition to its one bundled file. */
const extras: Partial<Record<FunctionName, Pick<BundleProps, 'external' | 'files'>>> = {
  migrate: {
    external: [`${schemaEngine}/*`, schemaEngine],
    files: ['prisma/migrations', 'prisma/schema.prisma', `node_modules/${schemaEngine}`],
  },
};

/**
 * Packages that a function never uses but would load and compile at every cold start. They get credentials from a file,
 * from SSO or from another role, stream events, and parse a browser's name.
 */
const unneededInLambda = {
  '@aws-sdk/credential-provider-node': 'functions/bundled/environment-credentials.ts',
  '@smithy/core/event-streams': 'functions/bundled/nothing.ts',
  bowser: 'functions/bundled/nothing.ts',
};

/** The bundle of one function. Its asset has the same folders as the repository. */
function functionBundle(name: FunctionName): Bundle {
  const { external = [], files = [] } = extras[name] ?? {};
  return new Bundle({
    entry: `functions/${name}.ts`,
    output: `functions/${name}.js`,
    external: [dataLayer, ...external],
    instead: unneededInLambda,
    files,
  });
}

export function functionCode(name: FunctionName): Code {
  return functionBundle(name).toCode();
}

const dataLayerFolder = `nodejs/node_modules/${dataLayer}`;
const queryCompiler = '@prisma/client/runtime/query_compiler_small_bg.postgresql';
/** Our client has no models, and so nothing to compile. Every cold start would load and start 2 MB in vain. */
const noQueryCompiler = 'layers/data/no-query-compiler.ts';

const dataLayerBundle = new Bundle({
  entry: 'layers/data/index.ts',
  output: `${dataLayerFolder}/index.js`,
  instead: {
    [`${queryCompiler}.js`]: noQueryCompiler,
    [`${queryCompiler}.wasm-base64.js`]: noQueryCompiler,
  },
});

export function makeDataLayer(scope: Construct, id: string): ILayerVersion {
  return new LayerVersion(scope, id, {
    description: `${dataLayer}: Prisma, its PostgreSQL adapter and pg`,
    code: dataLayerBundle.toCode(),
    compatibleRuntimes: [runtime],
    compatibleArchitectures: [architecture],
  });
}
