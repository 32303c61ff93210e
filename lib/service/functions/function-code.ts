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

/** What a function needs beside its one file. */
const extras: Partial<Record<FunctionName, Pick<BundleProps, 'external' | 'files'>>> = {
  migrate: {
    external: [`${schemaEngine}/*`, schemaEngine],
    files: ['prisma/migrations', 'prisma/schema.prisma', `node_modules/${schemaEngine}`],
  },
};

/**
 * What Lambda never does, and what would be loaded and compiled at every cold start all the same: it logs in with
 * credentials from a file, from SSO or from another role, streams events, and reads a browser's name.
 */
const unneededInLambda = {
  '@aws-sdk/credential-provider-node': 'functions/bundled/environment-credentials.ts',
  '@smithy/core/event-streams': 'functions/bundled/nothing.ts',
  bowser: 'functions/bundled/nothing.ts',
};

/** The bundle of one function; its asset mirrors the repository. */
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
/** As Prisma ships it: a module with a text of 2 MB, which would be read, kept and decoded at every cold start. */
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
