import type { CloudValues } from '../template/cloud-values.ts';

/** Endpoints whose name is not the one that calls are signed for. */
const endpointNames: Readonly<Record<string, string>> = {
  'geo-places': 'geo.places',
  'geo-routes': 'geo.routes',
};

/** Its endpoint leads to private REST APIs, not to the connections of a WebSocket API. */
const WITHOUT_ENDPOINT = new Set(['execute-api']);

/** Which way leads out of the VPC, by what the template has in it. */
export class NetworkRules {
  /** Whether functions in the VPC reach the internet, through a NAT gateway. */
  readonly hasWayOut: boolean;
  private readonly endpoints: ReadonlySet<string>;

  constructor(values: CloudValues) {
    this.hasWayOut = values.resources('AWS::EC2::NatGateway').length > 0;
    const names = values
      .resources('AWS::EC2::VPCEndpoint')
      .map((each) => String(values.property(each, 'ServiceName')));
    // `com.amazonaws.<region>.<service>`
    this.endpoints = new Set(names.map((name) => name.split('.').slice(3).join('.')));
  }

  /** Why a function cannot reach a service of AWS; undefined: it can. */
  refusalOf(caller: Caller, signingName: string): string | undefined {
    if (!caller.insideVpc || this.hasWayOut) return undefined;
    const endpoint = endpointNames[signingName] ?? signingName;
    if (this.endpoints.has(endpoint) && !WITHOUT_ENDPOINT.has(signingName)) return undefined;
    return `${caller.name} is in the VPC, which has no way to ${signingName}: add a VPC endpoint for it to the template, or let a function outside the VPC make the call.`;
  }

  /** Why a function cannot reach a host of the internet. */
  refusalOfHost(caller: Caller, host: string): string | undefined {
    if (!caller.insideVpc || this.hasWayOut) return undefined;
    return `${caller.name} is in the VPC, which has no way to the internet, and cannot reach ${host}: move the function out of the VPC, or let one outside it make the call.`;
  }
}

interface Caller {
  readonly name: string;
  readonly insideVpc: boolean;
}
