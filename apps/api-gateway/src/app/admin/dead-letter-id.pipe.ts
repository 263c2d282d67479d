import { Injectable, type PipeTransform } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { isPrintable } from '../http/is-printable';

/** What PostgreSQL cannot even be asked for names nothing. */
@Injectable()
export class DeadLetterIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (isPrintable(value)) return value;
    throw AppError.terminal('id.unknown', 'there is nothing with this id', { httpStatus: 404 });
  }
}
