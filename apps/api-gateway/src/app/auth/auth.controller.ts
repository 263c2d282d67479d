import { Body, Controller, Get, Header, HttpCode, Inject, Post, Res, UseGuards } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ThrottlerGuard } from '@nestjs/throttler';
import { type Actor, normaliseEmail } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { give } from '../http/answer';
import { ApiIdempotent, IdempotencyKeyHeader } from '../idempotency/idempotency-key-header.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { ClientAddress } from './client-address.decorator';
import { CurrentActor } from './current-actor.decorator';
import { CustomerId } from './customer-id.decorator';
import { CustomerResponse } from './customer.response';
import { LoginFailures } from './login-failures';
import { LoginRequest } from './login.request';
import { LogoutRequest } from './logout.request';
import { OwnSession } from './own-session.decorator';
import { Public } from './public.decorator';
import { RefreshRequest } from './refresh.request';
import { RegisterRequest } from './register.request';
import { RegistrationService } from './registration.service';
import { SessionResponse } from './session.response';
import { SessionsService } from './sessions.service';

@ApiTags('auth')
@Controller()
export class AuthController {
  constructor(
    @Inject(RegistrationService) private readonly registration: RegistrationService,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(LoginFailures) private readonly failures: LoginFailures,
  ) {}

  @Post('register')
  @Public()
  @UseGuards(ThrottlerGuard)
  @ApiOperation({ summary: 'Become a customer' })
  @ApiIdempotent()
  @ApiCreatedResponse({ type: CustomerResponse })
  @ApiProblems(409, 422, 429)
  async register(
    @Body() request: RegisterRequest,
    @IdempotencyKeyHeader() idempotencyKey: string | undefined,
    @ClientAddress() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CustomerResponse> {
    return give(await this.registration.register(request, { idempotencyKey, address }), reply);
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @UseGuards(ThrottlerGuard)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Open a session' })
  @ApiOkResponse({ type: SessionResponse })
  @ApiProblems(401, 422, 429)
  login(@Body() request: LoginRequest, @ClientAddress() address: string): Promise<SessionResponse> {
    return this.failures.guard(normaliseEmail(request.email), () => this.sessions.open(request, address));
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Exchange a refresh token for new tokens' })
  @ApiOkResponse({ type: SessionResponse })
  @ApiProblems(401, 422)
  refresh(
    @Body() { refresh_token }: RefreshRequest,
    @ClientAddress() address: string,
  ): Promise<SessionResponse> {
    return this.sessions.refresh(refresh_token, address);
  }

  @Post('logout')
  @HttpCode(204)
  @OwnSession()
  @ApiOperation({ summary: 'End one session, or all' })
  @ApiNoContentResponse()
  @ApiProblems(401, 422)
  async logout(@CurrentActor() actor: Actor, @Body() request: LogoutRequest): Promise<void> {
    await this.sessions.close(actor, request.refresh_token);
  }

  @Get('me')
  @ApiOperation({ summary: 'Who am I' })
  @ApiOkResponse({ type: CustomerResponse })
  @ApiProblems(401)
  async me(@CustomerId() customerId: string): Promise<CustomerResponse> {
    return CustomerResponse.of(await this.sessions.customer(customerId));
  }
}
