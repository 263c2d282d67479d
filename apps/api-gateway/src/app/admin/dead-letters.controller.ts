import { Controller, Get, HttpCode, Inject, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import { deadLetterPlaces } from '@saasodoo/messaging';
import { RecordRefusals } from '../audit/record-refusals.interceptor';
import { CurrentActor } from '../auth/current-actor.decorator';
import { RequireRole } from '../auth/require-role.decorator';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { DeadLetterIdPipe } from './dead-letter-id.pipe';
import { DeadLetterListResponse } from './dead-letter-list.response';
import { DeadLetterDetailResponse } from './dead-letter.response';
import { DeadLettersService } from './dead-letters.service';
import { RedriveResponse } from './redrive.response';

const PLACE = { name: 'place', required: false, enum: deadLetterPlaces } as const;
const TYPE = {
  name: 'type',
  required: false,
  schema: { type: 'string', example: 'instance.create.v1' },
} as const;
const HOLDER = { name: 'holder', required: false, type: String, description: 'An app, or a queue.' } as const;

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('support')
@UseInterceptors(RecordRefusals)
@Controller('admin/dead-letters')
export class DeadLettersController {
  constructor(@Inject(DeadLettersService) private readonly letters: DeadLettersService) {}

  @Get()
  @ApiOperation({ summary: 'List the messages that wait for a human' })
  @ApiPaged()
  @ApiQuery(PLACE)
  @ApiQuery(TYPE)
  @ApiQuery(HOLDER)
  @ApiOkResponse({ type: DeadLetterListResponse })
  @ApiProblems(401, 403, 422)
  list(@Query() query: Readonly<Record<string, unknown>>): Promise<DeadLetterListResponse> {
    return this.letters.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Look at such a message' })
  @ApiOkResponse({ type: DeadLetterDetailResponse })
  @ApiProblems(401, 403, 404)
  get(@Param('id', DeadLetterIdPipe) id: string): Promise<DeadLetterDetailResponse> {
    return this.letters.get(id);
  }

  @Post('redrive')
  @RequireRole('admin')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send again all that can be sent',
    description: 'All of a type, place or holder.',
  })
  @ApiQuery(PLACE)
  @ApiQuery(TYPE)
  @ApiQuery(HOLDER)
  @ApiOkResponse({ type: RedriveResponse })
  @ApiProblems(401, 403, 422)
  redriveAll(
    @CurrentActor() actor: Actor,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<RedriveResponse> {
    return this.letters.redriveAll(query, actor);
  }

  @Post(':id/redrive')
  @RequireRole('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send a message again', description: 'It has all its attempts before it.' })
  @ApiOkResponse({ type: RedriveResponse })
  @ApiProblems(401, 403, 404, 409)
  redrive(@CurrentActor() actor: Actor, @Param('id', DeadLetterIdPipe) id: string): Promise<RedriveResponse> {
    return this.letters.redrive(id, actor);
  }
}
