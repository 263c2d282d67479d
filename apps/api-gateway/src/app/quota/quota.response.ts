import { ApiProperty } from '@nestjs/swagger';
import type { CustomerQuota, Quota, Usage } from '@saasodoo/identity/domain';
import { formatSize } from '@saasodoo/kernel';

export class QuotaLimitsResponse {
  @ApiProperty({ type: Number, nullable: true, example: 50 })
  readonly instances!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 100 })
  readonly cpus!: number | null;

  @ApiProperty({ type: String, nullable: true, example: '200G' })
  readonly memory!: string | null;

  static of({ instances, cpus, memoryBytes }: Quota): QuotaLimitsResponse {
    const memory = memoryBytes === undefined ? null : formatSize(memoryBytes);
    return { instances: instances ?? null, cpus: cpus ?? null, memory };
  }
}

export class QuotaUsageResponse {
  @ApiProperty({ example: 3 })
  readonly instances!: number;

  @ApiProperty({ example: 3.5 })
  readonly cpus!: number;

  @ApiProperty({ example: '4G' })
  readonly memory!: string;

  static of({ instances, cpus, memoryBytes }: Usage): QuotaUsageResponse {
    return { instances, cpus, memory: formatSize(memoryBytes) };
  }
}

export class QuotaResponse {
  @ApiProperty({ type: QuotaLimitsResponse, description: 'What holds; null is unlimited.' })
  readonly limits!: QuotaLimitsResponse;

  @ApiProperty({
    type: QuotaLimitsResponse,
    description: 'What was set for this customer; null is what the site gives everybody.',
  })
  readonly own!: QuotaLimitsResponse;

  @ApiProperty({
    type: QuotaUsageResponse,
    description: 'Of all instances that are not terminated, running or not, as they are limited.',
  })
  readonly usage!: QuotaUsageResponse;

  static of({ limits, own, usage }: CustomerQuota): QuotaResponse {
    return {
      limits: QuotaLimitsResponse.of(limits),
      own: QuotaLimitsResponse.of(own),
      usage: QuotaUsageResponse.of(usage),
    };
  }
}
