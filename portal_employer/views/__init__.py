"""Pages of the employer portal: the letter, the code, the form with its sisters, what was signed, the first screen."""
