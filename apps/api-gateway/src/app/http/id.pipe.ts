import { Injectable, type PipeTransform } from '@nestjs/common';
import { AppError, isUuid } from '@saasodoo/kernel';

/** What cannot be an id names nothing: the same 404 as an id nobody has. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (isUuid(value)) return value.toLowerCase();
    throw AppError.terminal('id.unknown', 'there is nothing with this id', { httpStatus: 404 });
  }
}
