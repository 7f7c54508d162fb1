// Which page a problem belongs to, and what it says in one line.
import type { ProblemView } from "../ipc";

/** It is in the rules file, so the rules page shows it with its line. */
export const inRules = (problem: Pick<ProblemView, "file">): boolean => /(^|[\\/])notifications\.yaml$/.test(problem.file ?? "");

/** What is wrong and what to do, in one line. Chinese has no space between sentences. */
export const inOneLine = ({ what, todo }: Pick<ProblemView, "what" | "todo">): string => what + (todo === "" || what.endsWith("。") ? "" : " ") + todo;
