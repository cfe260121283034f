import type { JsonObject } from './json.js';

/** The value of `status` in an error body: the stable code that outranks the text. */
export type ErrorStatus = 'unknown' | 'insufficient_capacity' | 'volume_placement_capacity' | 'name_taken';

/** An answer that is an error, in one of the shapes Fly uses. Handlers throw it; the router prints it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly httpStatus: number,
    message: string,
    readonly status?: ErrorStatus,
  ) {
    super(message);
  }

  /** `{error}` of the Machines API, or the `{message}` in which the façade for apps and addresses says 401. */
  body(facade: boolean): JsonObject {
    // Only the façade's 401 carries `message`: its 403 and 404 were recorded with `error` (one recording: likely).
    if (facade && this.httpStatus === 401) return { message: this.message };
    return this.status ? { error: this.message, status: this.status } : { error: this.message };
  }
}

export const badRequest = (message: string): ApiError => new ApiError(400, message);
export const notFound = (message: string): ApiError => new ApiError(404, message);
export const conflict = (message: string): ApiError => new ApiError(409, message);
export const preconditionFailed = (message: string): ApiError => new ApiError(412, `failed_precondition: ${message}`);
export const unprocessable = (message: string, status?: ErrorStatus): ApiError => new ApiError(422, message, status);
