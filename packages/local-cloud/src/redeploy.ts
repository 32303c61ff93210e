import { CustomResources } from './custom-resources/custom-resources.ts';
import { Deployment } from './deployment/deployment.ts';
import { shiftGradually } from './deployment/gradual-shifts.ts';
import { refuseWhatCannotChange } from './deployment/unchangeable.ts';
import type { EventSources } from './events/event-sources.ts';
import type { Gateway } from './gateway/gateway.ts';
import { templateApis } from './gateway/template-apis.ts';
import type { Ground } from './ground.ts';
import type { FunctionPolicies } from './lambda/function-policies.ts';
import type { Parts } from './parts.ts';
import { type Assembly, readAssembly } from './template/assembly.ts';
import type { CloudValues } from './template/cloud-values.ts';

export interface RedeploymentProps {
  readonly ground: Ground;
  readonly parts: Parts;
  readonly functionPolicies: FunctionPolicies;
  readonly sources: EventSources;
  readonly gateway: Gateway;
  /** Lets calls of AWS clients see the new template. */
  readonly openEndpoint: () => void;
  readonly say: (sentence: string) => void;
}

interface Template {
  readonly assembly: Assembly;
  readonly values: CloudValues;
}

/** Deploys a template over one that runs, as CloudFormation and CodeDeploy do, and undoes it if it fails. */
export class Redeployment {
  private readonly props: RedeploymentProps;
  private deployed: Template;
  private isUnderWay = false;

  constructor(props: RedeploymentProps) {
    this.props = props;
    this.deployed = { assembly: props.ground.assembly, values: props.parts.values };
  }

  readonly deploy = async (folder: string): Promise<void> => {
    if (this.isUnderWay) throw new Error('A deployment is under way already.');
    this.isUnderWay = true;
    try {
      await this.replaceBy(await readAssembly(folder));
    } finally {
      this.isUnderWay = false;
    }
  };

  private async replaceBy(assembly: Assembly): Promise<void> {
    const before = this.deployed;
    refuseWhatCannotChange(before.assembly, assembly);
    const next = { assembly, values: before.values.of(assembly) };
    requireSameApis(before, next);
    try {
      await this.bring(next);
    } catch (error) {
      await this.rollBack(before, error);
      throw new Error(`The deployment was rolled back: ${sentenceOf(error)}`, { cause: error });
    }
    this.deployed = next;
    await this.cleanUp(next);
  }

  /** Rights and alarms come first, new code next, and what calls it last, because it names the alias. */
  private async bring(next: Template): Promise<void> {
    const { functions, watch } = this.props.parts;
    this.takeRights(next);
    watch.read(next.values);
    const shifts = await this.deploymentOf(next).runAgain();
    await shiftGradually(shifts, functions, watch);
    await this.takeCallers(next);
  }

  /** Aliases go back at once, and then everything else: custom resources get an Update with their old properties. */
  private async rollBack(before: Template, cause: unknown): Promise<void> {
    const { watch } = this.props.parts;
    this.props.say(`rolling back: ${sentenceOf(cause)}`);
    try {
      const deployment = this.deploymentOf(before);
      await deployment.putAliasesBack();
      this.takeRights(before);
      await deployment.run();
      watch.read(before.values);
      await this.takeCallers(before);
      await this.cleanUp(before);
    } catch (error) {
      throw new Error(
        `The deployment failed (${sentenceOf(cause)}), and so did its rollback: ${sentenceOf(error)}. Stop the cloud.`,
        { cause: error },
      );
    }
  }

  private deploymentOf({ assembly, values }: Template): Deployment {
    const { ground, parts, say } = this.props;
    const { functions, desk, states, secrets } = parts;
    const customResources = new CustomResources({ values, functions, desk, states, say });
    const made = { assembly, values, functions, secrets, customResources, say };
    return new Deployment({ ...made, engines: ground.engines, deployed: this.deployed.assembly });
  }

  private takeRights({ values }: Template): void {
    this.props.parts.policies.read(values);
  }

  private async takeCallers({ values }: Template): Promise<void> {
    const { parts, functionPolicies, sources, gateway, openEndpoint } = this.props;
    parts.values = values;
    parts.apis = templateApis(values);
    functionPolicies.read(values);
    gateway.change(parts.apis);
    await sources.change(values);
    openEndpoint();
  }

  private async cleanUp({ values }: Template): Promise<void> {
    const names = values.resources('AWS::Lambda::Function').map((each) => values.refOf(each));
    const versions = values.resources('AWS::Lambda::Version').map(({ id }) => id);
    await this.props.parts.functions.keepOnly(new Set(names), new Set(versions));
  }
}

/** Clients know them by their names, and so do permissions. */
function requireSameApis(before: Template, next: Template): void {
  const namesOf = ({ values }: Template) => {
    const { httpApi, webSocketApi } = templateApis(values);
    return JSON.stringify([httpApi, webSocketApi].map((api) => [api?.apiId, api?.stage]));
  };
  if (namesOf(before) === namesOf(next)) return;
  throw new Error(
    'A second deployment cannot make, remove or rename an API or its stage on this machine. Stop the cloud, and start it with the new templates.',
  );
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
