import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AssetHashType, DockerImage, type ILocalBundling } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';

const repository = resolve(import.meta.dirname, '../../..');

export interface BundleProps {
  /** The TypeScript file that everything is reached from, in the repository. */
  readonly entry: string;
  /** The one JavaScript file that is made of it, in the asset. */
  readonly output: string;
  /** Packages that are found at run time instead. Default: none. */
  readonly external?: readonly string[];
  /** Packages that files of the repository take the place of, by the packages' names. Default: none. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Files and folders of the repository that lie at the same path in the asset. Default: none. */
  readonly files?: readonly string[];
  /** Files with contents of their own, by their paths in the asset. Default: none. */
  readonly contents?: Readonly<Record<string, Uint8Array>>;
}

/** Makes one asset: minified CommonJS, which starts sooner than modules and finds the data layer. */
export class Bundle implements ILocalBundling {
  // The CDK takes two bundles of equal fields for the same asset.
  readonly props: BundleProps;

  constructor(props: BundleProps) {
    this.props = props;
  }

  /** As a Lambda's or a layer's code; the hash is that of the output, whatever machine made it. */
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
    const { entry, output, external = [], instead = {}, files = [], contents = {} } = this.props;
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
      cpSync(join(repository, each), join(folder, each), { recursive: true });
    }
    for (const [path, content] of Object.entries(contents)) {
      writeFileSync(join(folder, path), content);
    }
    mkdirSync(dirname(outfile), { recursive: true });
    // Whatever package.json stands above the folder: this one is CommonJS.
    writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  }
}

const options = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  // The module builds of packages can be pruned of what is not used, their CommonJS builds cannot.
  mainFields: ['module', 'main'],
  minify: true,
  // The AWS clients import node:http dynamically: Node would then look at all that it exports, and load a whole
  // second HTTP client for it. A require does not.
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  // For whoever runs with --enable-source-maps: a deployed function does not, to read its map would
  // make a cold start a sixth longer.
  sourcemap: 'linked',
  sourcesContent: false,
  // CommonJS has no `import.meta`.
  define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__fileUrl' },
  banner: { js: 'const __fileUrl=require("node:url").pathToFileURL(__filename).href;' },
  logLevel: 'error',
} satisfies BuildOptions;
