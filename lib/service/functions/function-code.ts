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

/** What a function needs beside its one file. */
const extras: Partial<Record<FunctionName, Pick<BundleProps, 'external' | 'files'>>> = {
  migrate: {
    external: [`${schemaEngine}/*`, schemaEngine],
    files: ['prisma/migrations', 'prisma/schema.prisma', `node_modules/${schemaEngine}`],
  },
};

/** The bundle of one function; its asset mirrors the repository. */
function functionBundle(name: FunctionName): Bundle {
  const { external = [], files = [] } = extras[name] ?? {};
  return new Bundle({
    entry: `functions/${name}.ts`,
    output: `functions/${name}.js`,
    external: [dataLayer, ...external],
    files,
  });
}

export function functionCode(name: FunctionName): Code {
  return functionBundle(name).toCode();
}

const dataLayerBundle = new Bundle({
  entry: 'layers/data/index.ts',
  output: `nodejs/node_modules/${dataLayer}/index.js`,
});

export function makeDataLayer(scope: Construct, id: string): ILayerVersion {
  return new LayerVersion(scope, id, {
    description: `${dataLayer}: Prisma, its PostgreSQL adapter and pg`,
    code: dataLayerBundle.toCode(),
    compatibleRuntimes: [runtime],
    compatibleArchitectures: [architecture],
  });
}
