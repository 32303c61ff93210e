import type { Account } from '../protocol/played-service.ts';
import type { Assembly, Resource, Stack } from './assembly.ts';
import { Resolver, type ResourceValues } from './intrinsics.ts';
import {
  type Addresses,
  anyRef,
  isCustomResource,
  type Named,
  resourceTypes,
} from './resource-types.ts';

/** What only the deployment of a resource decided. */
export interface ResourceOutcome {
  readonly physicalId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface CloudValuesProps {
  readonly assembly: Assembly;
  readonly addresses: Addresses;
  /** The current text of a secret; undefined while it has none. */
  readonly readSecret: (arn: string) => string | undefined;
}

/** Every value of the template as it is on this machine. */
export class CloudValues {
  readonly account: Account;
  private readonly assembly: Assembly;
  readonly addresses: Addresses;
  private readonly readSecret: CloudValuesProps['readSecret'];
  private readonly resolver: Resolver;
  private readonly outcomes = new Map<Resource, ResourceOutcome>();

  constructor({ assembly, addresses, readSecret }: CloudValuesProps) {
    this.assembly = assembly;
    this.account = assembly.account;
    this.addresses = addresses;
    this.readSecret = readSecret;
    const values: ResourceValues = {
      refOf: (stack, id) => this.refOf(resourceOf(stack, id)),
      attributeOf: (stack, id, attribute) => this.attributeOf(resourceOf(stack, id), attribute),
      secretOf: (reference) => this.secretOf(reference),
    };
    this.resolver = new Resolver(assembly.stacks, assembly.account, values);
  }

  /** Every resource whose condition holds. */
  resources(...types: readonly string[]): readonly Resource[] {
    return this.assembly.stacks
      .flatMap((stack) => [...stack.resources.values()])
      .filter((each) => types.length === 0 || types.includes(each.type))
      .filter((each) => this.exists(each));
  }

  exists({ condition, stack }: Resource): boolean {
    return condition === undefined || this.resolver.holds(condition, stack);
  }

  /** The same machine's values for another template. */
  of(assembly: Assembly): CloudValues {
    return new CloudValues({ assembly, addresses: this.addresses, readSecret: this.readSecret });
  }

  updatePolicy(resource: Resource): unknown {
    return this.resolver.resolve(resource.updatePolicy, resource.stack);
  }

  properties(resource: Resource): unknown {
    return this.resolver.resolve(resource.properties, resource.stack);
  }

  property(resource: Resource, name: string): unknown {
    return this.resolver.resolve(resource.properties[name], resource.stack);
  }

  refOf(resource: Resource): string {
    const outcome = this.outcomes.get(resource);
    if (outcome || isCustomResource(resource)) return this.outcomeOf(resource).physicalId;
    return String((resourceTypes[resource.type]?.ref ?? anyRef)(this.named(resource)));
  }

  attributeOf(resource: Resource, attribute: string): unknown {
    const outcome = this.outcomes.get(resource);
    if (outcome || isCustomResource(resource)) return this.dataOf(resource, attribute);
    const value = resourceTypes[resource.type]?.attributes[attribute];
    if (value) return value(this.named(resource));
    throw new Error(
      `The template asks for ${attribute} of ${resource.id} (${resource.type}), which the local cloud does not know: teach it in packages/local-cloud/src/template/resource-types.ts.`,
    );
  }

  arnOf(resource: Resource): string {
    return String(this.attributeOf(resource, 'Arn'));
  }

  /** What a custom resource answered, or which version was published, is known from here on. */
  remember(resource: Resource, outcome: ResourceOutcome): void {
    this.outcomes.set(resource, outcome);
  }

  private named(resource: Resource): Named {
    return {
      resource,
      account: this.account,
      addresses: this.addresses,
      text: (property) => {
        const value = this.property(resource, property);
        return typeof value === 'string' ? value : undefined;
      },
    };
  }

  private outcomeOf(resource: Resource): ResourceOutcome {
    const outcome = this.outcomes.get(resource);
    if (outcome) return outcome;
    throw new Error(`${resource.id} was asked for a value before it ran: say DependsOn.`);
  }

  private dataOf(resource: Resource, attribute: string): unknown {
    const value = this.outcomeOf(resource).data[attribute];
    if (value !== undefined) return value;
    throw new Error(`${resource.id} answered without the ${attribute} that the template asks for.`);
  }

  /** `<arn or name>:SecretString:<key>:<stage>:<version>`, of which an ARN has colons itself. */
  private secretOf(reference: string): string {
    const [id = '', rest = ''] = reference.split(':SecretString:');
    const text = this.readSecret(id);
    if (text === undefined)
      throw new Error(`The secret ${id} has no value that the template could use.`);
    const key = rest.split(':')[0];
    if (!key) return text;
    const fields: unknown = JSON.parse(text);
    const found: [string, unknown][] =
      typeof fields === 'object' && fields !== null ? Object.entries(fields) : [];
    const value = found.find(([name]) => name === key)?.[1];
    if (typeof value === 'string') return value;
    throw new Error(`The secret ${id} has no ${key}.`);
  }
}

function resourceOf(stack: Stack, id: string): Resource {
  const resource = stack.resources.get(id);
  if (resource) return resource;
  throw new Error(`${stack.name} has no resource ${id}.`);
}
