import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, SecretValue, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import { edgeHeaders } from '../../src/contract/edge.ts';
import { edgeSecretName } from '../parts/edge.ts';
import type { EdgeSettings, Stage } from '../parts/stage.ts';
import type { ApiHosts } from '../service/apis/api-hosts.ts';

export interface EdgeDistributionProps {
  readonly stage: Stage;
  readonly edge: EdgeSettings;
  readonly hosts: ApiHosts;
  readonly firewallArn: string;
}

/** CloudFront in front of both APIs. It caches nothing: every answer is somebody's own. */
export class EdgeDistribution extends Construct {
  readonly arn: string;
  /** The host that CloudFront gives it. */
  readonly host: string;

  constructor(scope: Construct, id: string, props: EdgeDistributionProps) {
    super(scope, id);
    const { stage, hosts, firewallArn } = props;
    const behaviour = this.behaviours(props);
    const toSockets = behaviour('sockets', hosts.sockets);
    const distribution = new Distribution(this, 'Distribution', {
      comment: `Weelo ${stage.name}`,
      defaultBehavior: behaviour('http', hosts.http),
      // Both transports of Socket.IO have one path. An upgrade stays with its behaviour's origin, and the function sends
      // plain requests to the HTTP API: so it is not an upgrade whose origin is changed on the way.
      additionalBehaviors: {
        '/ws': toSockets,
        '/socket.io': toSockets,
        '/socket.io/*': toSockets,
      },
      webAclId: firewallArn,
      httpVersion: HttpVersion.HTTP2_AND_3,
      // The cheapest class that has India.
      priceClass: PriceClass.PRICE_CLASS_200,
      ...this.nameOf(stage),
    });
    this.arn = distribution.distributionArn;
    this.host = distribution.distributionDomainName;
    this.acknowledge(stage);
  }

  /** Behaviours that differ only in the API that they lead to. */
  private behaviours({ stage, edge }: EdgeDistributionProps) {
    const viewerRequest = new Function(this, 'ViewerRequest', {
      comment: 'The address of the client, and the transports of Socket.IO',
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(viewerRequestCode()),
    });
    const secret = SecretValue.secretsManager(edgeSecretName(stage), { jsonField: edge.sends });
    return (originId: string, host: string): BehaviorOptions => ({
      origin: new HttpOrigin(host, {
        originId,
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
        // CloudFormation reads it when it deploys. Anybody who may read the distribution can read it there.
        customHeaders: { [edgeHeaders.secret]: secret.unsafeUnwrap() },
        // As long as an HTTP API waits for its function. A GET of a client that polls is answered after ten seconds.
        readTimeout: Duration.seconds(30),
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // All headers of the client, those of a WebSocket included. API Gateway refuses a host that is not its own.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      // A token that was sent in clear is not made safe by a redirect.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      // The functions compress what is worth it.
      compress: false,
      functionAssociations: [
        { function: viewerRequest, eventType: FunctionEventType.VIEWER_REQUEST },
      ],
    });
  }

  /** Under CloudFront's own name, the least protocol is CloudFront's, too. */
  private nameOf({ domain }: Stage) {
    if (!domain) return {};
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn);
    return {
      domainNames: [domain.name],
      certificate,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    };
  }

  private acknowledge({ domain }: Stage): void {
    Validations.of(this).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'Customers and drivers travel, and SIM cards roam' },
      {
        id: 'AwsSolutions-CFR3',
        reason: 'It logs by a delivery of its own, which leaves out path and query',
      },
    );
    if (domain) return;
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-CFR4',
      reason: "Under CloudFront's own name, the certificate and its protocols are CloudFront's",
    });
  }
}

/** CloudFront wants its import on the first line. The line before it is there for our type checker. */
function viewerRequestCode(): string {
  const file = join(import.meta.dirname, 'viewer-request.js');
  return readFileSync(file, 'utf8').replace(/^\/\/\/.*\n/, '');
}
