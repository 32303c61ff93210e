import {
  Architecture,
  type Code,
  type ILayerVersion,
  LayerVersion,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { wasm } from '@prisma/client/runtime/query_compiler_small_bg.postgresql.wasm-base64.mjs';
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
/** Prisma ships it as a module with a string of 2 MB. Every cold start would read, keep and decode that string. */
const queryCompiler = '@prisma/client/runtime/query_compiler_small_bg.postgresql.wasm-base64.js';

const dataLayerBundle = new Bundle({
  entry: 'layers/data/index.ts',
  output: `${dataLayerFolder}/index.js`,
  instead: { [queryCompiler]: 'layers/data/query-compiler.ts' },
  contents: { [`${dataLayerFolder}/query-compiler.wasm`]: Buffer.from(wasm, 'base64') },
});

export function makeDataLayer(scope: Construct, id: string): ILayerVersion {
  return new LayerVersion(scope, id, {
    description: `${dataLayer}: Prisma, its PostgreSQL adapter and pg`,
    code: dataLayerBundle.toCode(),
    compatibleRuntimes: [runtime],
    compatibleArchitectures: [architecture],
  });
}
