// What a command rejects with, whatever was thrown.
import type { ApiError } from "../ipc";

const isApiError = (value: unknown): value is ApiError =>
  typeof value === "object" && value !== null && "code" in value && "message" in value;

export function asApiError(value: unknown): ApiError {
  if (isApiError(value)) return { code: value.code, message: value.message, todo: value.todo ?? "", field: value.field ?? null };
  const message = value instanceof Error ? value.message : String(value);
  return { code: "other", message, todo: "", field: null };
}
