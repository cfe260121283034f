import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { ApiError } from '../api-error.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import type { Caller } from './caller.js';
import { MUTATIONS } from './mutations.js';
import { QUERIES } from './queries.js';
import { SCHEMA } from './schema/schema.js';

/** The answer to one GraphQL document. Never rejects for what the document asks; that is in `errors`. */
export type GraphqlExecutor = (caller: Caller, body: JsonObject) => Promise<JsonValue>;

/** The library is loaded, and the schema built, at the first query: most runs of the emulator see none. */
export function createGraphqlExecutor(): GraphqlExecutor {
  let schema: GraphQLSchema | undefined;
  const checked = new Map<string, DocumentNode | { errors: JsonObject[] }>();

  /** The document, or what is wrong with it. Clients send the same few again and again. */
  const documentOf = (query: string, target: GraphQLSchema): DocumentNode | { errors: JsonObject[] } => {
    const known = checked.get(query);
    if (known) return known;
    const made = readDocument(query, target);
    if (checked.size >= KEPT) checked.clear();
    if (query.length < LONGEST_KEPT) checked.set(query, made);
    return made;
  };

  return async (caller, { query, variables, operationName }) => {
    const graphql = require('graphql') as typeof import('graphql');
    schema ??= graphql.buildSchema(SCHEMA);
    if (typeof query !== 'string') return failed('No query string was present');
    const document = documentOf(query, schema);
    if ('errors' in document) return document;
    const result = await graphql.execute({
      schema,
      document,
      rootValue: { ...QUERIES, ...MUTATIONS },
      contextValue: caller,
      ...(isJsonObject(variables) ? { variableValues: variables } : {}),
      ...(typeof operationName === 'string' && operationName !== '' ? { operationName } : {}),
    });
    return resultView(result);
  };
}

/** Whether a document may change something: it may say the word without meaning it. */
export const mayChange = (body: string): boolean => body.includes('mutation');

/** Documents that are not read again, and how long one may be. */
const KEPT = 200;
const LONGEST_KEPT = 20_000;

function readDocument(query: string, schema: GraphQLSchema): DocumentNode | { errors: JsonObject[] } {
  const { parse, validate } = require('graphql') as typeof import('graphql');
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return { errors: [{ message: (error as Error).message }] };
  }
  const problems = validate(schema, document);
  return problems.length === 0 ? document : { errors: problems.map(errorView) };
}

const failed = (message: string): JsonValue => ({ errors: [{ message }] });

function resultView({ data, errors }: ExecutionResult): JsonValue {
  const shown = (data ?? null) as JsonValue;
  return errors === undefined ? { data: shown } : { data: shown, errors: errors.map(errorView) };
}

/** As Fly shows one. The codes are from memory of public code (unsure). */
function errorView({ message, path, locations, originalError }: GraphQLError): JsonObject {
  if (originalError instanceof Error && !(originalError instanceof ApiError)) {
    // A bug of the emulator: whoever runs it gets the stack.
    process.emitWarning(originalError.stack ?? originalError.message, 'EmulatorError');
  }
  return {
    message,
    ...(path === undefined ? {} : { path: [...path] }),
    ...(locations === undefined ? {} : { locations: locations.map(({ line, column }) => ({ line, column })) }),
    ...(originalError instanceof ApiError ? { extensions: { code: codeOf(originalError) } } : {}),
  };
}

function codeOf({ httpStatus }: ApiError): string {
  if (httpStatus === 404) return 'NOT_FOUND';
  return httpStatus === 401 || httpStatus === 403 ? 'UNAUTHORIZED' : 'UNPROCESSABLE';
}
