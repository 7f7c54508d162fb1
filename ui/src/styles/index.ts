// All styles of the window, in their order: tokens first, what uses them after.
import "./tokens.css";
import "./base.css";
import "./frame.css";
import "./controls.css";
import "./lists.css";
