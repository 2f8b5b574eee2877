"""Side by side with rivals, in one browser, interleaved: the source of every claim about speed."""
