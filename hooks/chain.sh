# What git would have run without kei-git.
if [ -x @NEXT@ ]; then
  exec @NEXT@ "$@"
fi
