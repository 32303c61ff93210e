import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Stage } from '../parts/stage.ts';

export interface AccessLogProps {
  readonly stage: Stage;
  readonly distributionArn: string;
}

/**
 * What the APIs' own logs do not say: what the edge refuses by itself, and where the time went. Path and query are left
 * out, because they contain ids, phones and tickets. CloudFront's older logs have them always.
 */
const fields = [
  'timestamp(ms)',
  'x-edge-request-id',
  'x-edge-location',
  'c-ip',
  'c-country',
  'asn',
  'cs-method',
  'cache-behavior-path-pattern',
  'sc-status',
  'x-edge-result-type',
  'x-edge-detailed-result-type',
  'time-taken',
  'origin-fbl',
];

/**
 * One line of JSON per request, in files. It is seldom read, and every request has its line in a log of the APIs already:
 * so it lies where a line costs nothing but its storage.
 */
export class AccessLog extends Construct {
  constructor(scope: Construct, id: string, { stage, distributionArn }: AccessLogProps) {
    super(scope, id);
    const bucket = this.bucket(stage);
    const name = `weelo-${stage.name}-edge-access`;
    const source = new CfnDeliverySource(this, 'Source', {
      name,
      resourceArn: distributionArn,
      logType: 'ACCESS_LOGS',
    });
    const destination = new CfnDeliveryDestination(this, 'Destination', {
      name,
      outputFormat: 'json',
      destinationResourceArn: bucket.bucketArn,
    });
    const delivery = new CfnDelivery(this, 'Delivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.attrArn,
      recordFields: fields,
      s3SuffixPath: '{yyyy}/{MM}/{dd}/{HH}',
    });
    // The source is named, not referred to. Without the bucket's policy the delivery would write one of its own.
    delivery.node.addDependency(source, bucket);
  }

  private bucket(stage: Stage): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(stage.logRetention) }],
      // A bucket with files in it cannot be deleted. What stays expires.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects('*')],
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Aws.ACCOUNT_ID,
            's3:x-amz-acl': 'bucket-owner-full-control',
          },
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:delivery-source:*`,
          },
        },
      }),
    );
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'It is a log itself, to which only the delivery of logs writes',
    });
    return bucket;
  }
}
