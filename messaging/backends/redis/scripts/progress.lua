return progress(ARGV[6])
