import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AssetHashType, DockerImage, type ILocalBundling } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { isLitter } from '../../parts/litter.ts';

const repository = resolve(import.meta.dirname, '../../..');

export interface BundleProps {
  /** The TypeScript file to start from, as a path in the repository. */
  readonly entry: string;
  /** The one JavaScript file that is made from it, as a path in the asset. */
  readonly output: string;
  /** Packages that are not bundled but loaded at run time. Default: none. */
  readonly external?: readonly string[];
  /** Files of the repository that replace packages, by the package's name. Default: none. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Files and folders of the repository that are copied to the same path in the asset. Default: none. */
  readonly files?: readonly string[];
}

/** Makes one asset of minified CommonJS, which starts faster than ES modules and can find the data layer. */
export class Bundle implements ILocalBundling {
  // The CDK treats two bundles with equal fields as the same asset, so the props must be a field.
  readonly props: BundleProps;

  constructor(props: BundleProps) {
    this.props = props;
  }

  /** The code of a Lambda function or a layer. Its hash is that of the output, so it is the same on every machine. */
  toCode(): Code {
    return Code.fromAsset(repository, {
      assetHashType: AssetHashType.OUTPUT,
      bundling: { image: DockerImage.fromRegistry('never-pulled'), local: this },
    });
  }

  tryBundle(folder: string): boolean {
    this.write(folder);
    return true;
  }

  write(folder: string): void {
    const { entry, output, external = [], instead = {}, files = [] } = this.props;
    const outfile = join(folder, output);
    const alias = Object.entries(instead).map(([name, file]) => [name, join(repository, file)]);
    buildSync({
      absWorkingDir: repository,
      entryPoints: [entry],
      outfile,
      external: [...external],
      alias: Object.fromEntries(alias),
      ...options,
    });
    for (const each of files) {
      const filter = (source: string) => !isLitter(source);
      cpSync(join(repository, each), join(folder, each), { recursive: true, filter });
    }
    mkdirSync(dirname(outfile), { recursive: true });
    // A package.json in a folder above could declare ES modules. This one says CommonJS.
    writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  }
}

const options = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  // esbuild can remove unused code from a package's ES module build, but not from its CommonJS build.
  mainFields: ['module', 'main'],
  minify: true,
  // The AWS clients import node:http dynamically. Such an import makes Node read all exports of node:http, which loads
  // a whole second HTTP client. A `require` does not.
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  // For runs with --enable-source-maps. A deployed function does not use that option, because reading the map would
  // make a cold start a sixth longer.
  sourcemap: 'linked',
  sourcesContent: false,
  // CommonJS has no `import.meta`.
  define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__fileUrl' },
  banner: { js: 'const __fileUrl=require("node:url").pathToFileURL(__filename).href;' },
  logLevel: 'error',
} satisfies BuildOptions;
