import { ApiProperty } from '@nestjs/swagger';
import type { CustomerQuota, Quota, Usage } from '@saasodoo/identity/domain';
import { formatSize } from '@saasodoo/kernel';

export class LimitsResponse {
  @ApiProperty({ type: Number, nullable: true, example: 50 })
  readonly instances!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 100 })
  readonly cpus!: number | null;

  @ApiProperty({ type: String, nullable: true, example: '200G' })
  readonly memory!: string | null;

  static of({ instances, cpus, memoryBytes }: Quota): LimitsResponse {
    const memory = memoryBytes === undefined ? null : formatSize(memoryBytes);
    return { instances: instances ?? null, cpus: cpus ?? null, memory };
  }
}

export class UsageResponse {
  @ApiProperty({ example: 3 })
  readonly instances!: number;

  @ApiProperty({ example: 3.5 })
  readonly cpus!: number;

  @ApiProperty({ example: '4G' })
  readonly memory!: string;

  static of({ instances, cpus, memoryBytes }: Usage): UsageResponse {
    return { instances, cpus, memory: formatSize(memoryBytes) };
  }
}

export class QuotaResponse {
  @ApiProperty({ type: LimitsResponse, description: 'What holds; null is unlimited.' })
  readonly limits!: LimitsResponse;

  @ApiProperty({
    type: LimitsResponse,
    description: 'What was set for this customer; null is what the site gives everybody.',
  })
  readonly own!: LimitsResponse;

  @ApiProperty({
    type: UsageResponse,
    description: 'Of all instances that are not terminated, running or not, as they are limited.',
  })
  readonly usage!: UsageResponse;

  static of({ limits, own, usage }: CustomerQuota): QuotaResponse {
    return { limits: LimitsResponse.of(limits), own: LimitsResponse.of(own), usage: UsageResponse.of(usage) };
  }
}
